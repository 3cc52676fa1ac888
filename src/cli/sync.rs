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
            let hub = Config::load(&RealDisk, &options)?.hub;
            let hub = hub.ok_or(CliError::rule(&messages::NO_LINK))?;
            appliance::open_box(&args.data)?.settle_with_hub(&hub)?
        }
    };
    if settled.all_done() { Reply::done(&settled) } else { Reply::found_wanting(&settled) }
}
