//! Pictures and PDFs that hold no code, or somebody else's.

use super::{codes::FOREIGN, ground::Ground};
use image::{GrayImage, ImageFormat, Luma};
use qrcode::{Color, QrCode};
use sonae::sys::{Dice, sim::SeedDice};
use std::io::Cursor;

const MODULE_PIXELS: u32 = 4;
const QUIET_MODULES: u32 = 4;

fn png(picture: &GrayImage) -> Vec<u8> {
    let mut bytes = Cursor::new(vec![]);
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn qr_png(text: &[u8]) -> Vec<u8> {
    let code = QrCode::new(text).unwrap();
    let (width, colors) = (code.width() as u32, code.to_colors());
    let side = (width + 2 * QUIET_MODULES) * MODULE_PIXELS;
    png(&GrayImage::from_fn(side, side, |x, y| {
        let module =
            |at: u32| (at / MODULE_PIXELS).checked_sub(QUIET_MODULES).filter(|m| *m < width);
        let dark = module(x)
            .zip(module(y))
            .is_some_and(|(column, row)| colors[(row * width + column) as usize] == Color::Dark);
        Luma([if dark { 0 } else { 255 }])
    }))
}

fn every_reader_refuses(ground: &Ground, code: &str, path: &str) {
    ground.refuses(code, &["verify", "--data", ground.data(), "--image", path]);
    ground.refuses(code, &["credential", "read", "--data", ground.data(), "--image", path]);
    ground.refuses(code, &["disaster", "open", "--data", ground.data(), "--image", path]);
}

#[test]
fn a_picture_without_a_code_says_how_to_take_a_better_one() {
    let ground = Ground::with_box();
    let white = ground.file("white.png", &png(&GrayImage::from_pixel(400, 300, Luma([255]))));
    every_reader_refuses(&ground, "picture_without_code", &white);
    let mut noise = vec![0; 200 * 200];
    SeedDice::new(5).fill(&mut noise);
    let noise = ground.file("noise.png", &png(&GrayImage::from_vec(200, 200, noise).unwrap()));
    every_reader_refuses(&ground, "picture_without_code", &noise);
}

#[test]
fn a_pdf_without_a_code_is_told_so() {
    let ground = Ground::with_box();
    let slip = ground.file("slip.pdf", &slip_without_code());
    every_reader_refuses(&ground, "picture_without_code", &slip);
}

fn slip_without_code() -> Vec<u8> {
    let world = super::ground::world();
    let copy = Ground::with_box();
    let machine = super::ground::machine();
    let house =
        sonae::app::Appliance::open(&machine, &copy.data, super::ground::PASSPHRASE).unwrap();
    let (record, _) = world.region.cast().employee;
    let ask = sonae::app::Ask::Numbers { identity: record.identity, birth: Some(record.birth) };
    let card = sonae::domain::evidence::CardSeen::Seen;
    let checked =
        house.verify(&sonae::app::Question { card, ..sonae::app::Question::first(ask) }).unwrap();
    house.answer_slip(checked.journal_entry).unwrap().pdf
}

#[test]
fn bytes_that_are_no_picture_are_refused_by_kind_or_as_damaged() {
    let ground = Ground::with_box();
    let mut noise = vec![0; 4096];
    SeedDice::new(9).fill(&mut noise);
    let whole = qr_png(b"517");
    let mut locked = slip_without_code();
    locked.truncate(locked.len() / 2);
    for (name, bytes, code) in [
        ("noise.png", noise.clone(), "picture_unknown_kind"),
        ("empty.png", vec![], "picture_unknown_kind"),
        ("web.jpg", b"<html><script>alert(1)</script></html>".to_vec(), "picture_unknown_kind"),
        ("cut.png", whole[..whole.len() / 2].to_vec(), "picture_damaged"),
        ("noise-inside.png", [&whole[..40], &noise].concat(), "picture_damaged"),
        ("noise-inside.jpg", [b"\xff\xd8\xff\xe0".as_slice(), &noise].concat(), "picture_damaged"),
        ("noise-inside.pdf", [b"%PDF-1.7\n".as_slice(), &noise].concat(), "picture_damaged"),
        ("huge.png", vec![0; (8 << 20) + 1], "file_too_large"),
    ] {
        let path = ground.file(name, &bytes);
        every_reader_refuses(&ground, code, &path);
    }
}

#[test]
fn a_picture_that_promises_more_pixels_than_are_decoded_is_not_decoded() {
    let ground = Ground::with_box();
    let mut bomb = png(&GrayImage::from_pixel(8, 8, Luma([0])));
    bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    let checksum = crc32fast::hash(&bomb[12..29]).to_be_bytes();
    bomb[29..33].copy_from_slice(&checksum);
    let path = ground.file("bomb.png", &bomb);
    every_reader_refuses(&ground, "picture_too_many_pixels", &path);
}

#[test]
fn pictures_of_other_systems_codes_are_named_like_the_typed_ones() {
    let ground = Ground::with_box();
    for (index, (text, code)) in FOREIGN.iter().enumerate() {
        let path = ground.file(&format!("{index}.png"), &qr_png(text.as_bytes()));
        ground.refuses(code, &["verify", "--data", ground.data(), "--image", &path]);
    }
}
