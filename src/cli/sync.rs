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
    let settled = match &args.via {
        Some(via) => {
            let link = sync::link_for(via, Arc::new(RealDisk)).map_err(AppError::from)?;
            appliance::open_box(&args.data)?.settle(link.as_ref(), &mut |_| {})?
        }
        None => {
            let options =
                Options { data_dir: Some(args.data.clone()), config_path: None, listen: None };
            let Config { hub, stick, .. } = Config::load(&RealDisk, &options)?;
            match (hub, stick) {
                (Some(hub), _) => appliance::open_box(&args.data)?.settle_with_hub(&hub)?,
                (None, Some(stick)) => {
                    appliance::open_box(&args.data)?.settle_with_stick(&stick)?
                }
                (None, None) => return Err(CliError::rule(&messages::NO_LINK)),
            }
        }
    };
    if settled.all_done() { Reply::done(&settled) } else { Reply::found_wanting(&settled) }
}
