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

/// Examines the box. Exit code 1 if anything is bad.
pub fn run(args: &DataArg) -> Result<Reply, CliError> {
    let options = Options { data_dir: Some(args.data.clone()), config_path: None, listen: None };
    let config = Config::load(&RealDisk, &options)?;
    let house = appliance::open_box(&args.data)?;
    let found = health::examine(&house.probe(&config.profile));
    if found.worst == Grade::Bad { Reply::found_wanting(&found) } else { Reply::done(&found) }
}
