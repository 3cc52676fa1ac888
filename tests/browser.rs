//! The pages in a real browser, where there is one: one focused field, nothing loaded from elsewhere, no script trouble.
//!
//! With `SONAE_PICTURES=DIR` it also writes the pictures that `README.md` shows.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a drill that cannot be set up has failed, and what it lays out need not survive a power cut"
)]

mod invented;

use invented::{Invented, doctor, found, output, text_of};
use sonae::{
    app::Appliance,
    config::Profile,
    demo::papers::CertificateState,
    disaster::search::{BirthClue, SearchQuery, SecondFact, SecondFactKind},
    journal::ConsentKind,
    web::{Premises, Purpose, routes, serve},
};
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, runtime::Runtime};

const BROWSER: &str = "chromium";
const CSS: &str = include_str!("../assets/web/sonae.css");
const SCRIPT: &str = include_str!("../assets/web/counter.js");
/// The pages that `README.md` shows.
const IN_README: [&str; 5] =
    ["page-empty", "page-eligible", "page-cannot-tell", "page-disaster", "page-drugs"];
const COUNTER_SIZE: &str = "1024,768";

struct Served {
    invented: Invented,
    here: SocketAddr,
    runtime: Runtime,
}

fn premises() -> Premises {
    let profile = Profile::named("generic").unwrap();
    Premises { purpose: Purpose::Practice, profile, hub: None, stick: None }
}

/// The listener exists before anybody is told its port.
fn served() -> &'static Served {
    static SERVED: OnceLock<Served> = OnceLock::new();
    SERVED.get_or_init(|| {
        let invented = Invented::of(300);
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let here = listener.local_addr().unwrap();
        let house = invented.house.clone();
        runtime.spawn(serve(house, listener, premises(), std::future::pending()));
        Served { invented, here, runtime }
    })
}

/// A browser with a fresh profile that finds no machine but this one.
fn browser(profile: &TempDir) -> Command {
    let mut command = Command::new(BROWSER);
    command
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--hide-scrollbars", "--virtual-time-budget=4000", "--enable-logging=stderr"])
        .arg("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1")
        .arg(format!("--user-data-dir={}", text_of(profile.path())))
        .stdin(Stdio::null());
    command
}

/// One browser at a time: several on a small machine starve each other.
static TURN: Mutex<()> = Mutex::new(());

/// The page as the browser has built it, and what its console said. A headless browser now and then ends before it has
/// written out a page that moved on while loading; it is asked again, but not for ever.
fn dom(url: &str) -> (String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let ask = || {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let profile = tempfile::tempdir().unwrap();
        let told = browser(&profile).args(["--dump-dom", url]).output().unwrap();
        (text(told.stdout), text(told.stderr))
    };
    let mut answers = (0..4).map(|_| ask());
    answers.find(|(html, _)| !html.trim().is_empty()).unwrap_or_default()
}

fn screenshot(url: &str, size: &str, to: &Path) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let profile = tempfile::tempdir().unwrap();
    let picture = format!("--screenshot={}", text_of(to));
    let window = format!("--window-size={size}");
    let told = browser(&profile).args([&picture, &window, url]).output().unwrap();
    let shot = fs::metadata(to).map(|found| found.len()).unwrap_or_default();
    assert!(shot > 1_000, "{url}: {}", String::from_utf8_lossy(&told.stderr));
}

/// A page that only a form leads to: asked in-process, style and script put in, so that a browser shows it from a file.
fn page(house: &Arc<Appliance>, path: &str, form: &str) -> String {
    let host = "127.0.0.1:8790";
    let routes = routes(house.clone(), host.parse().unwrap(), premises());
    let request = warp::test::request()
        .method(if form.is_empty() { "GET" } else { "POST" })
        .path(path)
        .header("host", host)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let reply = served().runtime.block_on(request.reply(&routes));
    let html = String::from_utf8(reply.body().to_vec()).unwrap();
    assert_eq!(reply.status(), 200, "{path}: {html}");
    let html = html.replace(
        "<link rel=\"stylesheet\" href=\"/assets/sonae.css\">",
        &format!("<style>{CSS}</style>"),
    );
    html.replace(
        "<script src=\"/assets/counter.js\" defer></script>",
        &format!("<script type=\"module\">{SCRIPT}</script>"),
    )
}

fn as_file(dir: &Path, name: &str, html: &str) -> (PathBuf, String) {
    let path = dir.join(format!("{name}.html"));
    fs::write(&path, html).unwrap();
    let url = format!("file://{}", text_of(&path));
    (path, url)
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<_> =
        fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    pairs.join("&")
}

/// A console line of the browser that is about a page, not about the browser's own machine room.
fn complaints(console: &str) -> Vec<&str> {
    // That the script was quicker than the attribute is what is wanted: the field has the focus either way.
    let twice = "Autofocus processing was blocked because a document already has a focused element";
    console.lines().filter(|line| line.contains("CONSOLE") && !line.contains(twice)).collect()
}

#[test]
fn the_counter_page_has_one_field_with_the_focus_and_no_script_trouble() {
    if !found(BROWSER) {
        return;
    }
    // A script of the test's own in the page would be refused by its policy; the focus shows in what the page does:
    // `autofocus` is on one field alone, and the browser has built the page without a complaint.
    let (html, console) = dom(&format!("http://{}/", served().here));
    assert_eq!(html.matches("autofocus").count(), 1, "{html}");
    assert_eq!(html.matches("data-scan").count(), 1, "{html}");
    assert!(html.contains("<h1") || html.contains("<label"), "{html}");
    assert!(complaints(&console).is_empty(), "{console}");
    // The same page from a file, with an eye of the drill's own that looks after everything else has happened.
    let probe = "<script type=\"module\">addEventListener(\"pageshow\", () => { \
                 document.title = document.activeElement.name; });</script></body>";
    let html = page(&served().invented.house, "/", "").replace("</body>", probe);
    let dir = tempfile::tempdir().unwrap();
    let (_, url) = as_file(dir.path(), "focus", &html);
    let (html, console) = dom(&url);
    assert!(html.contains("<title>text</title>"), "{html}");
    let own: Vec<_> = complaints(&console);
    assert!(own.iter().all(|line| line.contains("sonae.svg")), "{own:?}");
}

#[test]
fn a_scan_through_a_japanese_input_method_is_sent_when_its_composition_ends() {
    if !found(BROWSER) {
        return;
    }
    // Header for seven bytes, then their seventeen digits, as an input method shows them.
    let digits = ['５', '１', '７', '３', '１', '０', '０', '７'].iter().collect::<String>();
    let probe = format!(
        "<script type=\"module\">const field = document.querySelector('[data-scan]'); let sent = 0; \
         field.form.addEventListener('submit', (e) => {{ e.preventDefault(); sent += 1; }}); \
         field.value = '{digits}{}'; \
         field.dispatchEvent(new InputEvent('input', {{ isComposing: true }})); const before = sent; \
         field.dispatchEvent(new CompositionEvent('compositionend')); \
         setTimeout(() => {{ document.title = `${{before}} then ${{sent}}`; }}, 50);</script></body>",
        "０".repeat(17)
    );
    let html = page(&served().invented.house, "/", "").replace("</body>", &probe);
    let dir = tempfile::tempdir().unwrap();
    let (_, url) = as_file(dir.path(), "composed", &html);
    let (html, _) = dom(&url);
    assert!(html.contains("<title>0 then 1</title>"), "{html}");
}

#[test]
fn no_page_names_anything_elsewhere() {
    let served = served();
    for path in ["/", "/disaster", "/status"] {
        let html = page(&served.invented.house, path, "");
        for word in ["http://", "https://", "src=\"//", "href=\"//", "url("] {
            let named = html.replace("http://www.w3.org/", "");
            assert!(!named.contains(word), "{path} names {word}");
        }
        if found(BROWSER) {
            let (_, console) = dom(&format!("http://{}{path}", served.here));
            assert!(!console.contains("ERR_NAME_NOT_RESOLVED"), "{path}: {console}");
            assert!(complaints(&console).is_empty(), "{path}: {console}");
        }
    }
}

#[test]
fn a_page_from_elsewhere_that_sends_a_form_by_itself_is_refused() {
    if !found(BROWSER) {
        return;
    }
    let served = served();
    let before = served.invented.house.status().journal_entries;
    let html = format!(
        "<!doctype html><body onload=\"document.forms[0].submit()\">\
         <form method=\"post\" action=\"http://{}/check\"><input name=\"text\" value=\"01170018 1 2\"></form>",
        served.here
    );
    let dir = tempfile::tempdir().unwrap();
    let (_, url) = as_file(dir.path(), "elsewhere", &html);
    let (html, _) = dom(&url);
    assert!(html.contains(sonae::messages::FOREIGN_ORIGIN.ja), "{html}");
    let after = served.invented.house.status().journal_entries;
    assert_eq!(before, after, "nothing was asked and nothing written down");
}

/// Every page worth a picture, by name.
fn pages() -> Vec<(&'static str, String)> {
    let invented = Invented::of(300); // not the served one, whose journal another drill watches
    let house = &invented.house;
    let cast = invented.world.region.cast();
    let certificate = invented.world.certificate(&cast.employee.0, CertificateState::Good).unwrap();
    let notice = invented.world.notice(&cast.late_elder.0).unwrap();
    let mut pages = vec![
        ("page-empty", page(house, "/", "")),
        ("page-eligible", page(house, "/check", &form(&[("text", &certificate.digits)]))),
        ("page-cannot-tell", page(house, "/check", &form(&[("text", &notice.digits)]))),
        ("page-closed", page(house, "/disaster", "")),
        ("page-status", page(house, "/status", "")),
    ];
    // A box of its own: open disaster mode shows on every page.
    let relief = Invented::of(300);
    relief.open_disaster();
    let (record, _) = relief.patient();
    let viewer = doctor();
    let by = [("viewer.name", viewer.name.as_str()), ("viewer.role", "doctor")];
    let birth = record.birth.to_string();
    let asked = [
        ("name", "高崎 徳江"),
        ("birthdate", birth.as_str()),
        ("sex", "female"),
        ("address", "輪島市"),
    ];
    pages.push(("page-disaster", page(&relief.house, "/disaster", "")));
    let candidates =
        page(&relief.house, "/disaster/search", &form(&[by.as_slice(), &asked].concat()));
    let handle = candidates.split("name=\"handle\" value=\"").nth(1).unwrap();
    let handle = handle.split('"').next().unwrap().to_owned();
    pages.push(("page-candidates", candidates));
    let consent = [
        ("handle", handle.as_str()),
        ("second_fact.kind", "address"),
        ("second_fact.value", record.address.as_str()),
        ("consent.kind", "oral"),
        ("consent.reason", ""),
    ];
    let drugs = form(&[by.as_slice(), &consent].concat());
    pages.push(("page-drugs", page(&relief.house, "/disaster/consent", &drugs)));
    pages
}

#[test]
fn every_page_can_be_drawn() {
    if !found(BROWSER) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let pictures = std::env::var_os("SONAE_PICTURES").map(PathBuf::from);
    for (name, html) in pages() {
        let (_, url) = as_file(dir.path(), name, &html);
        let shown = pictures.as_deref().filter(|_| IN_README.contains(&name));
        let place = shown.unwrap_or(dir.path());
        screenshot(&url, COUNTER_SIZE, &place.join(format!("{name}.png")));
    }
    if let Some(place) = &pictures {
        paper_pictures(place);
    }
}

/// A page of each paper, small enough for a web page.
fn paper_pictures(place: &Path) {
    if !found("pdftoppm") {
        return;
    }
    let invented = Invented::of(300);
    let house = &invented.house;
    let cast = invented.world.region.cast();
    let certificate = invented.world.certificate(&cast.employee.0, CertificateState::Good).unwrap();
    let ask = sonae::app::Ask::Text(certificate.digits.clone());
    let card = sonae::domain::evidence::CardSeen::NotSeen;
    let checked =
        house.verify(&sonae::app::Question { card, ..sonae::app::Question::first(ask) }).unwrap();
    let slip = house.answer_slip(checked.journal_entry).unwrap().pdf;
    let notice = invented.world.notice(&cast.late_elder.0).unwrap().pdf;
    let area = sonae::domain::area::Area::Prefecture(17);
    let order = invented.world.order(1, area, "石川県").unwrap().pdf;
    invented.open_disaster();
    for (name, page, pdf) in [
        ("paper-certificate", "1", certificate.pdf),
        ("paper-notice", "1", notice),
        ("paper-answer-slip", "1", slip),
        ("paper-order", "1", order),
        ("paper-drug-sheet", "2", drug_sheet(&invented)), // where its codes are
    ] {
        let path = invented.place(&format!("{name}.pdf"));
        fs::write(&path, pdf).unwrap();
        let stem = place.join(name);
        let words = ["-f", page, "-r", "60", "-png", "-singlefile", text_of(&path), text_of(&stem)];
        output("pdftoppm", &words);
    }
}

fn drug_sheet(invented: &Invented) -> Vec<u8> {
    let (record, _) = invented.patient();
    let query = SearchQuery {
        name: record.name,
        birth: BirthClue::Day(record.birth),
        sex: record.sex,
        address: None,
    };
    let house = &invented.house;
    let handle = house.search(&doctor(), &query).unwrap().candidates.remove(0).handle;
    let fact = SecondFact { kind: SecondFactKind::Address, value: record.address };
    house.consent(&doctor(), &handle, &fact, ConsentKind::Oral).unwrap();
    house.drugs(&doctor(), &handle).unwrap();
    house.drug_sheet(&handle).unwrap().pdf
}
