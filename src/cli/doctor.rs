//! `sonae doctor`: what is in order, what is not, and what to do about it.

use super::{
    appliance,
    args::DataArg,
    output::{CliError, Reply},
};
use crate::{
    config::{Config, Options},
    health::{self, Grade},
    sys::RealDisk,
};
use serde_json::json;

/// Examines the box. Exit code 1 if anything is bad.
pub fn run(args: &DataArg) -> Result<Reply, CliError> {
    let options = Options { data_dir: Some(args.data.clone()), config_path: None, listen: None };
    let config = Config::load(&RealDisk, &options)?;
    let house = appliance::open_box(&args.data)?;
    let checks = health::doctor(&house.probe(&config.profile));
    let worst = health::worst(&checks);
    let document = json!({ "worst": worst, "checks": checks });
    if worst == Grade::Bad { Reply::found_wanting(&document) } else { Reply::done(&document) }
}
