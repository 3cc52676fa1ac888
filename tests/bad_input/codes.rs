//! Codes typed or scanned that are not what they should be.

use super::ground::{Ground, PASSPHRASE, certificate, document, sonae, world};
use sonae::domain::area::Area;

/// Texts that are somebody else's, and what each is called.
pub const FOREIGN: &[(&str, &str)] = &[
    ("HC1:NCFOXN%TSMAHN-H3ZSUZK+.V0ET9%6-AH", "foreign_hc1"),
    ("hc1:ncfoxn%tsmahn", "foreign_hc1"),
    (
        "shc:/56762909524320603460292437404460312229595326546034602925407728043360287028647167",
        "foreign_shc",
    ),
    ("https://example.jp/?q=5173", "foreign_url"),
    ("JAHISTC08,1\r\n1,練習 花子,2,19561101\r\n", "foreign_drug_symbol"),
    ("JAHIS10\r\n1,1,1312345,13\r\n", "foreign_drug_symbol"),
    ("本日は晴天なり", "foreign_unknown"),
    ("plain text of somebody", "foreign_unknown"),
    ("123456789018", "foreign_personal_number"),
    ("１２３４５６７８９０１８", "foreign_personal_number"),
    ("01170018", "foreign_insurer_number"),
];

#[test]
fn codes_of_other_systems_are_named_and_not_opened() {
    let ground = Ground::with_box();
    for (text, code) in FOREIGN {
        ground.refuses(code, &["verify", "--data", ground.data(), "--qr", text]);
    }
}

#[test]
fn a_number_that_looks_like_a_my_number_is_kept_nowhere() {
    let ground = Ground::with_box();
    let told =
        sonae(PASSPHRASE, &["--json", "verify", "--data", ground.data(), "--qr", "123456789018"]);
    let exported = sonae(PASSPHRASE, &["--json", "journal", "export", "--data", ground.data()]);
    for said in [&told.stdout, &told.stderr, &exported.stdout] {
        assert!(!String::from_utf8_lossy(said).contains("123456789018"));
    }
}

#[test]
fn a_code_read_in_part_twice_or_wrongly_says_which() {
    let ground = Ground::with_box();
    let whole = certificate();
    let mut garbled = whole.to_owned();
    let digit = if &garbled[99..100] == "0" { "1" } else { "0" };
    garbled.replace_range(99..100, digit);
    for (text, code) in [
        (&whole[..200], "code_truncated"),
        (&whole[..whole.len() - 1], "code_truncated"),
        (&garbled, "code_garbled"),
        (&whole.repeat(2), "code_too_long"),
    ] {
        ground.refuses(code, &["verify", "--data", ground.data(), "--qr", text]);
        ground.refuses(code, &["credential", "read", "--data", ground.data(), text]);
    }
}

#[test]
fn a_paper_at_the_wrong_place_is_sent_to_the_right_one() {
    let ground = Ground::with_box();
    let order = world().order(7, Area::Prefecture(17), "石川県").unwrap().digits;
    ground.refuses("order_at_counter", &["verify", "--data", ground.data(), "--qr", &order]);
    ground
        .refuses("order_other_kind", &["disaster", "open", "--data", ground.data(), certificate()]);
    ground.refuses(
        "foreign_url",
        &["disaster", "open", "--data", ground.data(), "https://example.jp"],
    );
    ground.refuses("code_truncated", &["disaster", "open", "--data", ground.data(), &order[..60]]);
}

#[test]
fn a_paper_of_another_world_is_not_trusted_and_not_called_forged() {
    let ground = Ground::with_box();
    let other = super::ground::make_world("issuer-elsewhere", 2);
    let cast = other.region.cast();
    let state = sonae::demo::papers::CertificateState::Good;
    let digits = other.certificate(&cast.employee.0, state).unwrap().digits;
    ground.refuses("issuer_unknown", &["verify", "--data", ground.data(), "--qr", &digits]);
    let order = other.order(7, Area::Prefecture(17), "石川県").unwrap().digits;
    let told = sonae(PASSPHRASE, &["--json", "disaster", "open", "--data", ground.data(), &order]);
    assert_eq!(told.status.code(), Some(1));
    assert_eq!(document(&told)["error"]["code"], "order_signer_unknown");
}

#[test]
fn numbers_typed_wrongly_are_refused_before_anything_is_looked_up() {
    let ground = Ground::with_box();
    for (code, words) in [
        (
            "date_unreadable",
            ["--insurer", "01170018", "--number", "1", "--birthdate", "昭和99年99月"],
        ),
        ("value_unreadable", ["--insurer", "01170018", "--number", "1", "--branch", "x"]),
        ("date_unreadable", ["--insurer", "01170018", "--number", "1", "--on", "tomorrow"]),
        ("not_digits", ["--insurer", "0117OO18", "--number", "1", "--branch", "00"]),
    ] {
        ground.refuses(code, &[&["verify", "--data", ground.data()], words.as_slice()].concat());
    }
}
