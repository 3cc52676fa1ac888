//! `sonae hub`: the regional service on the loopback address, or once over a stick.

use super::{
    appliance,
    args::HubArgs,
    log,
    output::{CliError, Reply},
    serve::{block_on, listen, take_port, until_told},
};
use crate::{
    app::AppError,
    hub::{self, Hub, HubKeys},
    messages::{self, Trouble},
    sys::{Disk, RealDisk},
};
use serde_json::json;
use std::sync::Arc;

/// Serves until told to stop, or works off one stick. A new directory becomes a new hub.
pub fn run(args: &HubArgs) -> Result<Reply, CliError> {
    log::begin();
    let machine = appliance::machine();
    let passphrase = appliance::passphrase()?;
    let port = args.listen.map(take_port).transpose()?; // before a new hub is made
    let path = args.data.join("hub.keys");
    let keys = if RealDisk.length(&path)?.is_some() {
        HubKeys::load(&RealDisk, &path, &passphrase)
    } else {
        RealDisk.make_dir(&args.data)?;
        HubKeys::create(&RealDisk, &path, &passphrase, machine.dice.as_ref())
    };
    let keys = keys.map_err(AppError::from)?;
    let hub = Hub::open(machine.disk.clone(), machine.clock.clone(), &args.data, keys)
        .map_err(AppError::from)?;
    // What was laid into the public folder by hand is offered from now on. A disk that takes no index is no reason to be
    // silent: what the former one names is still there.
    let unlisted = hub.refresh_index().err();
    if let Some(trouble) = &unlisted {
        tracing::warn!(code = trouble.message().code, "index");
    }
    if let Some(stick) = &args.stick {
        let mut report = hub.take_stick(stick).map_err(AppError::from)?;
        report.refused.extend(unlisted.map(|trouble| ("index".to_owned(), trouble.message())));
        let refused: Vec<_> = report
            .refused
            .iter()
            .map(|(name, message)| json!({ "name": name, "code": message.code }))
            .collect();
        let document = json!({ "taken": report.taken, "refused": refused, "laid": report.laid });
        return if refused.is_empty() {
            Reply::done(&document)
        } else {
            Reply::found_wanting(&document)
        };
    }
    let port = port.ok_or(CliError::rule(&messages::VALUE_UNREADABLE))?;
    block_on(async move {
        let listener = listen(port)?;
        if let Ok(address) = listener.local_addr() {
            eprintln!("sonae hub: http://{address}");
        }
        hub::serve(Arc::new(hub), listener, until_told()).await;
        Reply::done(&json!({ "stopped": true }))
    })
}
