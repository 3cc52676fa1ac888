//! `sonae sync --once`: fetch what is new, deliver the journal.

use super::{
    appliance,
    args::SyncArgs,
    output::{CliError, Reply},
};
use crate::{
    app::AppError,
    config::{Config, Options},
    messages, sync,
    sys::RealDisk,
};
use std::sync::Arc;

/// One exchange. Exit code 1 if a step failed; the steps say which.
pub fn run(args: &SyncArgs) -> Result<Reply, CliError> {
    let via = match &args.via {
        Some(via) => via.clone(),
        None => {
            let options =
                Options { data_dir: Some(args.data.clone()), config_path: None, listen: None };
            let hub = Config::load(&RealDisk, &options)?.hub;
            hub.map(|url| url.as_str().to_owned()).ok_or(CliError::rule(&messages::NO_LINK))?
        }
    };
    let link = sync::link_for(&via, Arc::new(RealDisk)).map_err(AppError::from)?;
    let settled = appliance::open_box(&args.data)?.settle(link.as_ref(), &mut |_| {})?;
    if settled.steps.iter().all(|step| step.ok) {
        Reply::done(&settled)
    } else {
        Reply::found_wanting(&settled)
    }
}
