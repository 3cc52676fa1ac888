//! `sonae cache`: look after the store of regional data.

use super::{
    appliance,
    args::{CacheArgs, CacheTask},
    output::{CliError, Reply},
    progress::Bars,
};
use serde_json::json;
use std::path::Path;

/// Does one task.
pub fn run(args: CacheArgs) -> Result<Reply, CliError> {
    match args.task {
        CacheTask::Rebuild { data } => rebuild(&data),
    }
}

fn rebuild(data: &Path) -> Result<Reply, CliError> {
    let house = appliance::open_box(data)?;
    let mut bars = Bars::new();
    house.rebuild_cache(&mut |progress| bars.show(progress))?;
    let status = house.status();
    Reply::done(&json!({ "cache": status.cache, "snapshot": status.snapshot }))
}
