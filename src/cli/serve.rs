//! `sonae serve`: the box's page and API on the loopback address, and sync in the background.

use super::{
    appliance,
    args::ServeArgs,
    exchanges, log,
    output::{CliError, Reply},
};
use crate::{
    app::{Appliance, BoxIdentity, Layout},
    config::{Config, Options},
    limits::{ROOT_BYTES_MAX, SCRUB_EVERY_SECONDS},
    messages,
    sys::{Disk, RealDisk},
    web::{self, Premises, Purpose},
};
use serde_json::json;
use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// How often a past disaster window is cleared away.
const TIDY_EVERY: Duration = Duration::from_secs(15 * 60);
/// How often the next few blocks of the store are read.
const SCRUB_EVERY: Duration = Duration::from_secs(SCRUB_EVERY_SECONDS);
/// How long background work may go on after the order to stop.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// Serves until told to stop.
pub fn run(args: &ServeArgs) -> Result<Reply, CliError> {
    log::begin();
    let options = Options {
        data_dir: Some(args.data.clone()),
        config_path: args.config.clone(),
        listen: args.listen.map(|address| address.to_string()),
    };
    let config = Config::load(&RealDisk, &options.or_environment(|name| std::env::var(name).ok()))?;
    let port = take_port(config.listen)?; // first: a box that cannot be reached is neither made nor opened
    if RealDisk.length(&Layout::at(&args.data).version())?.is_none() {
        create(&config)?;
    }
    block_on(async move {
        let listener = listen(port)?;
        let house = Arc::new(appliance::open_box(&config.data_dir)?);
        house.suit_disk(&config.profile); // the configuration may have been named elsewhere
        if let Some(hub) = &config.hub {
            exchanges::spawn_hub(house.clone(), hub.clone());
        }
        if let Some(folder) = &config.stick {
            exchanges::spawn_stick(house.clone(), folder.clone());
        }
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
        spawn_watchdog(house.clone());
        spawn_tidying(house.clone());
        spawn_tending(house.clone());
        if let Ok(address) = listener.local_addr() {
            eprintln!("sonae: http://{address}");
        }
        let premises = Premises {
            purpose: Purpose::Service,
            profile: config.profile,
            hub: config.hub,
            stick: config.stick,
        };
        web::serve(house, listener, premises, until_told()).await.map_err(CliError::Web)?;
        Reply::done(&json!({ "stopped": true }))
    })
}

/// A new box needs to know whose it is and whose trust lists it takes.
fn create(config: &Config) -> Result<(), CliError> {
    let facility = config.facility.as_ref().ok_or(CliError::rule(&messages::FACILITY_MISSING))?;
    let root =
        config.root.as_deref().map(|path| RealDisk.read(path, ROOT_BYTES_MAX)).transpose()?;
    let identity = BoxIdentity {
        id: [0; 16], // drawn when the box is made
        facility_code: facility.code.to_string(),
        facility_name: facility.name.clone(),
        municipality: facility.municipality,
        root: root.map(Into::into),
    };
    Ok(Appliance::create(
        &appliance::machine(),
        &config.data_dir,
        &appliance::passphrase()?,
        identity,
    )?)
}

/// Takes away what a past disaster window leaves, also on a box that nobody asks for months.
fn spawn_tidying(house: Arc<Appliance>) {
    tokio::spawn(async move {
        loop {
            let house = house.clone();
            let tidied = tokio::task::spawn_blocking(move || house.tidy_disaster()).await;
            if let Ok(Err(e)) = tidied {
                tracing::warn!(code = messages::Trouble::message(&e).code, "tidying");
            }
            tokio::time::sleep(TIDY_EVERY).await;
        }
    });
}

/// Mends what was found damaged at the start, then reads the store through, slowly and again and again.
fn spawn_tending(house: Arc<Appliance>) {
    tokio::spawn(async move {
        let tender = house.clone();
        let mended = tokio::task::spawn_blocking(move || tender.mend_cache()).await;
        if let Ok(Err(e)) = mended {
            tracing::warn!(code = messages::Trouble::message(&e).code, "mending the cache");
        }
        loop {
            tokio::time::sleep(SCRUB_EVERY).await;
            let house = house.clone();
            let scrubbed = tokio::task::spawn_blocking(move || house.scrub_cache()).await;
            if let Ok(Err(e)) = scrubbed {
                tracing::warn!(code = messages::Trouble::message(&e).code, "scrubbing the cache");
            }
        }
    });
}

/// Tells systemd that the box lives, as long as it can be asked and its journal takes entries: a running process alone
/// serves nobody, and a stopped journal answers nothing until a restart. Pause and
/// patience are a quarter of the interval each, so that one slow answer does not end the service.
fn spawn_watchdog(house: Arc<Appliance>) {
    if let Some(every) = sd_notify::watchdog_enabled() {
        tokio::spawn(async move {
            loop {
                if answers_within(every / 4, house.clone()).await {
                    let _ = sd_notify::notify(&[sd_notify::NotifyState::Watchdog]);
                }
                tokio::time::sleep(every / 4).await;
            }
        });
    }
}

async fn answers_within(patience: Duration, house: Arc<Appliance>) -> bool {
    let asked = tokio::task::spawn_blocking(move || {
        let _ = house.status(); // takes every lock an answer takes
        house.journal().is_stopped()
    });
    matches!(tokio::time::timeout(patience, asked).await, Ok(Ok(false)))
}

/// Runs one future on a small runtime: two workers are plenty for one counter.
pub fn block_on<T>(future: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|_| CliError::rule(&messages::UNPRINTABLE))?;
    let outcome = runtime.block_on(future);
    // A download that may take hours must not hold up the end; what it has not finished, it has not begun.
    runtime.shutdown_timeout(STOP_PATIENCE);
    outcome
}

/// Takes a port of this machine's own, or says why not. Nothing may be written before.
pub fn take_port(address: SocketAddr) -> Result<std::net::TcpListener, CliError> {
    if !address.ip().is_loopback() {
        return Err(CliError::rule(&messages::CONFIG_LISTEN_NOT_LOCAL));
    }
    std::net::TcpListener::bind(address).map_err(no_port)
}

/// Each cause has its own remedy: another number, a higher number, another address.
fn no_port(cause: io::Error) -> CliError {
    match cause.kind() {
        io::ErrorKind::AddrInUse => CliError::rule(&messages::PORT_TAKEN),
        io::ErrorKind::PermissionDenied => CliError::rule(&messages::PORT_FORBIDDEN),
        _ => CliError::Web(web::WebError::Listener(cause)),
    }
}

/// Hands a port to the runtime; only inside one.
pub fn listen(port: std::net::TcpListener) -> Result<TcpListener, CliError> {
    let handed = port.set_nonblocking(true).and_then(|()| TcpListener::from_std(port));
    handed.map_err(|e| CliError::Web(web::WebError::Listener(e)))
}

/// Ctrl-C or SIGTERM.
pub async fn until_told() {
    let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    match terminate {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_why_a_port_cannot_be_had_has_its_own_code() {
        let code = |kind: io::ErrorKind| no_port(kind.into()).message().code;
        assert_eq!(code(io::ErrorKind::AddrInUse), "port_taken");
        assert_eq!(code(io::ErrorKind::PermissionDenied), "port_forbidden");
        assert_eq!(code(io::ErrorKind::AddrNotAvailable), "listener_failed");
    }
}
