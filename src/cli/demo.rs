//! `sonae demo`: everything on this machine, to try by hand or as one scripted day.

use super::{
    appliance,
    args::DemoArgs,
    exchanges,
    output::{CliError, Reply},
    progress::Bars,
    serve::{block_on, listen, take_port, until_told},
};
use crate::{
    app::{AppError, Appliance},
    config::{HubUrl, Profile},
    demo::{day, hub_server::HubServer, script::Broken, world::World},
    domain::person::PersonRecord,
    messages,
    sync::{HttpLink, names},
    sys::{Dice, Disk, KernelDice, RealDisk, roll},
    web::{self, Premises, Purpose},
};
use serde_json::json;
use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::Instant,
};

/// Makes the world, then runs the day or serves it.
pub fn run(args: &DemoArgs) -> Result<Reply, CliError> {
    let started = Instant::now();
    let dir = directory(args.dir.as_deref())?;
    let port = if args.once { None } else { Some(take_port(args.listen)?) }; // before a world is made
    let given = appliance::passphrase().ok();
    let passphrase =
        given.as_ref().map_or_else(|| invented_passphrase(&KernelDice), |given| given.to_string());
    // What the user gave is the user's secret; only what the demo invented may stand on the screen.
    let spoken = given.map_or_else(|| quoted(&passphrase), |_| "\"$SONAE_PASSPHRASE\"".to_owned());
    eprintln!("架空の人だけです。 Invented people only.  {}", dir.display());
    let mut bars = Bars::new();
    let made = World::make(
        appliance::machine(),
        &dir,
        &passphrase,
        (args.seed, args.people),
        &mut |progress| {
            bars.show(progress);
        },
    );
    drop(bars);
    let world = made?;
    let samples = world.write_samples()?;
    let made_seconds = started.elapsed().as_secs_f64();
    let hub = HubServer::start(world.hub.clone())
        .map_err(|Broken(_)| CliError::rule(&messages::PORT_TAKEN))?;
    match port {
        None => once(&world, hub, made_seconds),
        Some(port) => by_hand(&world, &hub, (&samples, &spoken), (port, args)),
    }
}

fn once(world: &World, hub: HubServer, made_seconds: f64) -> Result<Reply, CliError> {
    let mut bars = Bars::new();
    let script = day::run(world, hub, &mut |progress| bars.show(progress));
    drop(bars);
    let imported = script.steps().iter().find(|step| step.name == "import_release_from_hub");
    let import_ms = imported.map_or(0.0, |step| step.ms);
    let document = json!({
        "ok": script.all_kept(),
        "dir": world.dir,
        "people": world.summary.people,
        "dispensings": world.summary.dispensings,
        "release_bytes": world.summary.bytes,
        "made_seconds": (made_seconds * 100.0).round() / 100.0,
        "import_people_per_second": (world.summary.people as f64 / (import_ms / 1000.0).max(0.001)).round(),
        "steps": script.steps(),
    });
    if script.all_kept() { Reply::done(&document) } else { Reply::found_wanting(&document) }
}

fn directory(given: Option<&Path>) -> Result<PathBuf, CliError> {
    let Some(dir) = given else {
        let name: String = names::hex(&roll::<6>(&KernelDice));
        return Ok(std::env::temp_dir().join(format!("sonae-demo-{name}")));
    };
    if RealDisk.list(dir)?.is_empty() {
        Ok(dir.into())
    } else {
        Err(CliError::rule(&messages::OUTPUT_EXISTS))
    }
}

fn invented_passphrase(dice: &dyn Dice) -> String {
    let digits = names::hex(&roll::<8>(dice));
    format!("sonae-demo-{digits}")
}

fn by_hand(
    world: &World,
    hub: &HubServer,
    (samples, spoken): (&Path, &str),
    (port, args): (TcpListener, &DemoArgs),
) -> Result<Reply, CliError> {
    let premises = Premises {
        purpose: Purpose::Practice,
        profile: Profile::named("generic")?,
        hub: Some(HubUrl::parse(&hub.url())?),
        stick: None,
    };
    block_on(async move {
        let listener = listen(port)?;
        let house = Arc::new(world.open_box()?);
        let (first, url) = (house.clone(), hub.url());
        let settled = tokio::task::spawn_blocking(move || first_exchange(&first, &url)).await;
        settled.map_err(|_| CliError::Unprintable)??;
        if let Some(hub) = &premises.hub {
            exchanges::spawn_hub(house.clone(), hub.clone()); // the page offers it
        }
        eprintln!("{}", five_things(world, samples, spoken, args.listen));
        if !args.no_browser {
            open_browser(args.listen);
        }
        web::serve(house, listener, premises, until_told()).await.map_err(CliError::Web)?;
        Reply::done(&json!({ "stopped": true, "dir": world.dir }))
    })
}

fn first_exchange(house: &Appliance, url: &str) -> Result<(), AppError> {
    let link = HttpLink::new(url)?;
    let mut bars = Bars::new();
    house.settle(&link, &mut |progress| bars.show(progress))?;
    Ok(())
}

fn typed(record: &PersonRecord) -> String {
    let identity = &record.identity;
    let branch = identity.branch.map(|branch| branch.to_string()).unwrap_or_default();
    let parts = [
        &identity.insurer.display_form(),
        &identity.symbol,
        &identity.number,
        &branch,
        &record.birth.to_string(),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ")
}

fn five_things(world: &World, samples: &Path, passphrase: &str, address: SocketAddr) -> String {
    let cast = world.region.cast();
    let unregistered = world.region.unregistered();
    let stranger = unregistered.first().map(typed).unwrap_or_default();
    let (elder, variant) = (typed(&cast.late_elder.0), &cast.variant.0);
    format!(
        "
  http://{address}/   （止めるには Ctrl-C / Ctrl-C to stop）

  1  番号を入れる / type a number:           {employee}
     75歳以上 / aged 75 and over:            {elder}
     地域データにない / not in it:           {stranger}
  2  資格確認書を読ませる / a certificate:   {samples}/certificate.png
     失効 revoked: certificate-revoked.png   期限切れ expired: certificate-expired.png
  3  お知らせ / a notice (card not seen, then seen): {samples}/notice.png
  4  災害時モード / disaster mode, scan:     {samples}/disaster-order.txt
     探す人 / look for: {name}  {birth}  住所 address: {address_part}
  5  この端末で / from another terminal, after Ctrl-C:
     SONAE_PASSPHRASE={passphrase} sonae journal export --data {data}
",
        employee = typed(&cast.employee.0),
        samples = samples.display(),
        name = variant.name,
        birth = variant.birth,
        address_part = variant.address,
        data = quoted(&world.box_dir().display().to_string()),
    )
}

/// As one word of a shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Opens the page if there is a browser; without one the address printed above is enough.
fn open_browser(address: SocketAddr) {
    if std::env::var_os("DISPLAY").is_none() && std::env::var_os("WAYLAND_DISPLAY").is_none() {
        return;
    }
    let url = format!("http://{address}/");
    let _ = Command::new("xdg-open").arg(url).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
}
