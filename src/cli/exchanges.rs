//! The exchanges of a box in service: with the hub every quarter of an hour, with a stick as often as one comes, with
//! both when somebody asks. In the background; the counter never waits for them.

use crate::{
    app::{AppError, Appliance, Settled, found_another},
    config::HubUrl,
    messages::Trouble,
    sync::StickWatch,
};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::{task::spawn_blocking, time::sleep};

/// How often the hub is asked.
const SYNC_EVERY: Duration = Duration::from_secs(15 * 60);
/// How often somebody looks for a stick, and whether an exchange was asked for. Whoever plugs a stick in stands there and
/// waits to see something happen.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Exchanges with the hub.
pub fn spawn_hub(house: Arc<Appliance>, hub: HubUrl) {
    tokio::spawn(async move {
        let (mut waited, mut served) = (SYNC_EVERY, 0);
        loop {
            let asked = house.hub_asked();
            if waited >= SYNC_EVERY || asked != served {
                let (house, hub) = (house.clone(), hub.clone());
                let outcome = spawn_blocking(move || house.settle_with_hub(&hub)).await;
                told(outcome.as_ref().ok());
                // While a stick has the turn, the hub's stays due.
                if !matches!(&outcome, Ok(outcome) if found_another(outcome)) {
                    (waited, served) = (Duration::ZERO, asked);
                }
            }
            sleep(LOOK_EVERY).await;
            waited += LOOK_EVERY;
        }
    });
}

/// Looks for a stick and exchanges with it.
pub fn spawn_stick(house: Arc<Appliance>, folder: PathBuf) {
    tokio::spawn(async move {
        let mut watch = StickWatch::default();
        loop {
            let (house, folder) = (house.clone(), folder.clone());
            let turn = spawn_blocking(move || {
                let outcome = house.attend_stick(&folder, &mut watch);
                (outcome, watch)
            });
            // A turn that died is no reason to try the same stick for ever: the watch is as before, and so is the pause.
            if let Ok((outcome, after)) = turn.await {
                watch = after;
                told(outcome.as_ref());
            }
            sleep(LOOK_EVERY).await;
        }
    });
}

fn told(outcome: Option<&Result<Settled, AppError>>) {
    if let Some(Err(trouble)) = outcome {
        tracing::info!(code = trouble.message().code, "sync");
    }
}
