//! Drills: pictures drawn here, and files that lie.

mod chains;

use super::*;
use crate::messages::Trouble;
use image::{GrayImage, ImageEncoder, Luma as Grey, codecs::png::PngEncoder};
use proptest::prelude::*;
use qrcode::{Color, EcLevel, QrCode, Version, bits::Bits};

fn code_of(payload: &[u8]) -> QrCode {
    (1..=20)
        .find_map(|version| {
            let mut bits = Bits::new(Version::Normal(version));
            bits.push_byte_data(payload).ok()?;
            bits.push_terminator(EcLevel::M).ok()?;
            QrCode::with_bits(bits, EcLevel::M).ok()
        })
        .unwrap()
}

/// Codes side by side on white, `module` pixels a module.
fn picture_of(payloads: &[&[u8]], module: u32) -> GrayImage {
    let codes: Vec<_> = payloads.iter().map(|payload| code_of(payload)).collect();
    let widest = codes.iter().map(QrCode::width).max().unwrap_or(21) as u32 + 8;
    let size = widest * module;
    let mut picture = GrayImage::from_pixel(size * codes.len().max(1) as u32, size, Grey([255]));
    for (index, code) in codes.iter().enumerate() {
        let width = code.width();
        for (at, color) in code.to_colors().into_iter().enumerate() {
            let (column, row) = ((at % width) as u32 + 4, (at / width) as u32 + 4);
            let left = index as u32 * size + column * module;
            for y in row * module..(row + 1) * module {
                for x in left..left + module {
                    picture.put_pixel(x, y, Grey([if color == Color::Dark { 20 } else { 250 }]));
                }
            }
        }
    }
    picture
}

fn png(picture: &GrayImage) -> Vec<u8> {
    let mut bytes = vec![];
    PngEncoder::new(&mut bytes)
        .write_image(picture, picture.width(), picture.height(), image::ExtendedColorType::L8)
        .unwrap();
    bytes
}

fn jpeg(picture: &GrayImage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(vec![]);
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

#[test]
fn bytes_in_cp932_come_out_as_they_went_in() {
    let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode("JAHISTC08,1\r\n1,髙﨑　花子,2,S260429\r\n");
    let codes = read_upload(&png(&picture_of(&[&cp932], 4))).unwrap();
    assert_eq!(codes[0].raw, cp932.as_ref());
    assert_eq!(codes[0].text, "JAHISTC08,1\r\n1,髙﨑　花子,2,S260429\r\n");
    assert_eq!(codes[0].page, 1);
}

#[test]
fn several_codes_on_one_picture_are_all_read_and_each_once() {
    let payloads: [&[u8]; 4] =
        [b"first one here", b"second", b"third third third third", b"second"];
    let codes = read_upload(&png(&picture_of(&payloads, 4))).unwrap();
    let mut texts: Vec<_> = codes.iter().map(|code| code.text.as_str()).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["first one here", "second", "third third third third"]);
}

#[test]
fn jpeg_and_turned_pictures_are_read() {
    let picture = picture_of(&[b"51731161000"], 5);
    assert_eq!(read_upload(&jpeg(&picture)).unwrap()[0].text, "51731161000");
    for turned in [image::imageops::rotate90(&picture), image::imageops::rotate180(&picture)] {
        assert_eq!(read_upload(&png(&turned)).unwrap()[0].text, "51731161000");
    }
}

#[test]
fn a_large_scan_is_read_from_its_coarse_copy() {
    let small = picture_of(&[b"a code on a large scan"], 12);
    let mut large = GrayImage::from_pixel(4_960, 3_500, Grey([255]));
    image::imageops::overlay(&mut large, &small, 2_000, 900);
    assert_eq!(read_upload(&png(&large)).unwrap()[0].text, "a code on a large scan");
}

/// Version 2, level M, in byte mode, as one of a chain: the header is written by hand, for the encoder has none.
fn chained(place: StructuredAppend, payload: &[u8]) -> Vec<Color> {
    const DATA_BYTES: usize = 28;
    let StructuredAppend { index, count, parity } = place;
    let mut bits = format!("0011{index:04b}{:04b}{parity:08b}0100{:08b}", count - 1, payload.len());
    bits.extend(payload.iter().map(|byte| format!("{byte:08b}")));
    bits += "0000";
    while bits.len() % 8 != 0 {
        bits += "0";
    }
    let mut bytes: Vec<u8> = (0..bits.len())
        .step_by(8)
        .map(|at| u8::from_str_radix(&bits[at..at + 8], 2).unwrap())
        .collect();
    bytes.extend([0xec, 0x11].iter().cycle().take(DATA_BYTES - bytes.len()));
    let version = Version::Normal(2);
    let (words, correction) = qrcode::ec::construct_codewords(&bytes, version, EcLevel::M).unwrap();
    let mut canvas = qrcode::canvas::Canvas::new(version, EcLevel::M);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&words, &correction);
    canvas.apply_best_mask().into_colors()
}

/// Symbols of chains side by side.
fn chain_picture(symbols: &[(StructuredAppend, &[u8])]) -> GrayImage {
    let module = 5;
    let side = 33 * module;
    let mut picture = GrayImage::from_pixel(side * symbols.len() as u32, side, Grey([255]));
    for (number, (place, payload)) in symbols.iter().enumerate() {
        for (at, color) in chained(*place, payload).into_iter().enumerate() {
            let (x, y) = ((at % 25) as u32 + 4, (at / 25) as u32 + 4);
            if color == Color::Dark {
                let square = GrayImage::from_pixel(module, module, Grey([0]));
                let left = i64::from(number as u32 * side + x * module);
                image::imageops::overlay(&mut picture, &square, left, i64::from(y * module));
            }
        }
    }
    picture
}

#[test]
fn a_symbol_of_a_chain_tells_its_place() {
    let place = StructuredAppend { index: 1, count: 3, parity: 0x5a };
    let codes = read_upload(&png(&chain_picture(&[(place, "分割テ".as_bytes())]))).unwrap();
    assert_eq!(codes[0].structured_append, Some(place));
    assert_eq!(codes[0].raw, "分割テ".as_bytes());
}

#[test]
fn a_code_on_a_transparent_ground_is_read() {
    let picture = picture_of(&[b"drawn on nothing"], 4);
    let clear = image::ImageBuffer::from_fn(picture.width(), picture.height(), |x, y| {
        let dark = picture.get_pixel(x, y).0[0] < 128;
        image::LumaA([0_u8, if dark { 255 } else { 0 }])
    });
    let mut bytes = std::io::Cursor::new(vec![]);
    clear.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    assert_eq!(read_upload(&bytes.into_inner()).unwrap()[0].text, "drawn on nothing");
}

#[test]
fn a_picture_without_a_code_says_so() {
    let blank = png(&GrayImage::from_pixel(300, 300, Grey([255])));
    let refused = read_upload(&blank).unwrap_err();
    assert_eq!(refused, ScanError::NoCode);
    assert_eq!(refused.message().code, "picture_without_code");
}

#[test]
fn files_that_lie_are_named_and_nothing_is_decoded() {
    let good = png(&picture_of(&[b"code"], 4));
    let cut = &good[..good.len() / 2];
    for (bytes, expected) in [
        (&b""[..], ScanError::UnknownKind),
        (b"GIF89a......", ScanError::UnknownKind),
        (b"\x89PNG\r\n\x1a\n", ScanError::Damaged("picture")),
        (cut, ScanError::Damaged("picture")),
        (b"\xff\xd8\xff\xe0", ScanError::Damaged("picture")),
        (b"%PDF-1.7\n%%EOF", ScanError::Damaged("PDF")),
    ] {
        assert_eq!(read_upload(bytes).unwrap_err(), expected);
    }
    let too_large = vec![0; UPLOAD_BYTES_MAX as usize + 1];
    assert!(matches!(read_upload(&too_large), Err(ScanError::TooLarge { .. })));
}

/// A PNG that is all promise: a header with this size, and nothing behind it.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let sizes = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let header = [&b"IHDR"[..], &sizes, &[8, 0, 0, 0, 0]].concat();
    let check = crc32fast::hash(&header).to_be_bytes();
    // The decoder reads on until the first data.
    let data = b"\0\0\0\0IDAT\x35\xaf\x06\x1e";
    [&b"\x89PNG\r\n\x1a\n\0\0\0\x0d"[..], &header, &check, data].concat()
}

#[test]
fn a_bomb_is_refused_by_its_header() {
    for (width, height) in [(100_000, 100_000), (8_000, 5_200)] {
        let refused = read_upload(&png_header(width, height)).unwrap_err();
        assert_eq!(refused, ScanError::TooManyPixels { width, height });
        assert_eq!(refused.message().code, "picture_too_many_pixels");
    }
    let small = read_upload(&png_header(800, 520)).unwrap_err();
    assert_eq!(small, ScanError::Damaged("picture"));
}

/// A PDF of these objects, numbered from 1, without a cross-reference table: readers rebuild it.
fn pdf_of(objects: &[&str]) -> Vec<u8> {
    let mut text = String::from("%PDF-1.4\n");
    for (index, object) in objects.iter().enumerate() {
        text += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    text += "trailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n";
    text.into_bytes()
}

#[test]
fn a_pdf_without_pages_or_with_a_loop_ends_in_words() {
    let no_pages = pdf_of(&["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>"]);
    assert!(matches!(read_upload(&no_pages), Err(ScanError::Damaged(_))));
    let tree_loop =
        pdf_of(&["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R]/Count 1>>"]);
    assert!(read_upload(&tree_loop).is_err());
    let form = "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>/Length 4>>\nstream\n/F Do\nendstream";
    let form_loop = pdf_of(&[
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>",
        "<</Length 5>>\nstream\n/F Do\nendstream",
        form,
    ]);
    assert_eq!(read_upload(&form_loop).unwrap_err(), ScanError::NoCode);
}

#[test]
fn a_pdf_page_of_absurd_size_is_refused_before_it_is_drawn() {
    let huge = pdf_of(&[
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 900000 900000]>>",
    ]);
    assert!(matches!(read_upload(&huge), Err(ScanError::TooManyPixels { .. })));
}

/// A PDF with a code on each page, of these sizes in points; the modules are as wide as the page allows.
fn pdf_with_codes(pages: &[(u32, &[u8])]) -> Vec<u8> {
    let kids: Vec<_> = (0..pages.len()).map(|page| format!("{} 0 R", 3 + 2 * page)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Kids[{}]/Count {}>>", kids.join(" "), pages.len()),
    ];
    for (page, (side, payload)) in pages.iter().enumerate() {
        let code = code_of(payload);
        let width = code.width() as u32;
        let module = side / (width + 8);
        let dark = |(at, color)| (color == Color::Dark).then_some(at as u32);
        let squares: String = (code.to_colors().into_iter().enumerate().filter_map(dark))
            .map(|at| (at % width + 4, width - at / width + 4))
            .map(|(x, y)| format!("{} {} {module} {module} re\n", x * module, y * module))
            .collect();
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 {side} {side}]/Contents {} 0 R>>",
            4 + 2 * page
        ));
        objects.push(format!("<</Length {}>>\nstream\n{squares}f\nendstream", squares.len() + 1));
    }
    pdf_of(&objects.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_photo_saved_as_a_page_of_its_own_size_is_read() {
    let codes = read_upload(&pdf_with_codes(&[(3_600, b"a photo in points")])).unwrap();
    assert_eq!(codes[0].text, "a photo in points");
}

#[test]
fn a_page_that_cannot_be_drawn_costs_no_other_page_its_codes() {
    let codes = read_upload(&pdf_with_codes(&[(900_000, b"never drawn"), (300, b"page two")]));
    let codes = codes.unwrap();
    assert_eq!((codes.len(), codes[0].text.as_str(), codes[0].page), (1, "page two", 2));
}

const MAGICS: &[&str] = &["5173", "5174"];

#[test]
fn keyboard_noise_is_taken_out_of_our_digits() {
    for text in ["5173116100042", "５１７３１１６１０００４２\r\n", " 5173 1161-0004 2\t"]
    {
        let expected = Recognised::OursDigits("5173116100042".into());
        assert_eq!(recognise(text, MAGICS), expected, "{text:?}");
    }
    assert_eq!(normalise_keyboard("１２\u{3}３\r\n"), "123");
}

#[test]
fn foreign_codes_are_called_by_their_name() {
    for (text, foreign, code) in [
        ("HC1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL", Foreign::HealthCertificateHc1, "foreign_hc1"),
        ("shc:/567629095243206034602924374044", Foreign::SmartHealthCard, "foreign_shc"),
        ("SHC:/5676290952", Foreign::SmartHealthCard, "foreign_shc"),
        ("https://example.jp/?id=5173116100042", Foreign::Url, "foreign_url"),
        ("123456789018", Foreign::PersonalNumberLike, "foreign_personal_number"),
        ("01130012", Foreign::InsurerNumberLike, "foreign_insurer_number"),
        (
            "DC02FR000001125E125B0126FR247500010MME/SPECIMEN",
            Foreign::SealedDocument2dDoc,
            "foreign_2d_doc",
        ),
        (
            "VC1-RSJRPWCR803A3P0098G3A3-B02",
            Foreign::CredentialBarcode,
            "foreign_credential_barcode",
        ),
        (
            ",,,,S330303,1234567890123456",
            Foreign::PrescriptionVoucher,
            "foreign_prescription_voucher",
        ),
        (
            "06170018,記１,1,01,S330303,1234567890123456\r\n",
            Foreign::PrescriptionVoucher,
            "foreign_prescription_voucher",
        ),
        ("4901234567894", Foreign::ProductNumberLike, "foreign_product_number"),
        ("4901234567895", Foreign::Unknown, "foreign_unknown"),
        ("BEGIN:VCARD\r\nN:x", Foreign::ContactCard, "foreign_contact_card"),
        ("MECARD:N:x;;", Foreign::ContactCard, "foreign_contact_card"),
        ("mailto:a@example.jp", Foreign::Mail, "foreign_mail"),
        ("tel:0760000001", Foreign::Telephone, "foreign_telephone"),
        ("WIFI:T:WPA;S:x;P:y;;", Foreign::Wifi, "foreign_wifi"),
        ("DCxx", Foreign::Unknown, "foreign_unknown"),
        ("5173A1161", Foreign::Unknown, "foreign_unknown"),
        ("", Foreign::Nothing, "code_empty"),
        ("\u{3000}---\r\n", Foreign::Nothing, "code_empty"),
    ] {
        assert_eq!(recognise(text, MAGICS), Recognised::Foreign(foreign), "{text}");
        assert_eq!(foreign.message().code, code);
        assert_eq!(recognise(text, MAGICS).ours(), Err(ScanError::Foreign(foreign)));
    }
    let notebook = recognise("JAHISTC08,1", MAGICS).ours();
    assert_eq!(notebook, Err(ScanError::Foreign(Foreign::DrugSymbol)));
    assert_eq!(recognise("JAHISTC08,1\r\n", MAGICS), Recognised::JahisNotebook);
    assert_eq!(recognise("JAHIS10\r\n1,1,1234567", MAGICS), Recognised::JahisPrescription);
}

#[test]
fn a_personal_number_that_begins_like_ours_is_still_refused() {
    // 517312345673: check digit by the rule of the ordinance.
    let number = (0..=9)
        .map(|check| format!("51731234567{check}"))
        .find(|text| recognise(text, MAGICS) == Recognised::Foreign(Foreign::PersonalNumberLike));
    assert!(number.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_bytes_whatever_bring_the_reader_down(
        magic in prop::sample::select(vec![
            &b""[..], &b"\x89PNG\r\n\x1a\n"[..], &b"\xff\xd8\xff\xe0"[..], &b"%PDF-1.4\n"[..],
        ]),
        tail in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        let bytes = [magic, &tail[..]].concat();
        let _ = read_upload(&bytes);
    }

    #[test]
    fn a_bent_picture_gives_the_code_or_an_error(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut bytes = png(&picture_of(&[b"payload"], 3));
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(codes) = read_upload(&bytes) {
            prop_assert!(codes.iter().all(|code| code.text == "payload"));
        }
    }

    #[test]
    fn recognising_never_panics(text in "\\PC{0,60}") {
        let _ = recognise(&text, MAGICS);
    }
}

#[test]
fn no_seed_of_a_picture_or_pdf_and_nothing_near_it_makes_reading_panic() {
    let picture = picture_of(&[b"51731161000"], 2);
    let pdf = pdf_with_codes(&[(60, b"51731161000")]);
    let (png, jpeg) = (png(&picture), jpeg(&picture));
    for file in [&png, &jpeg, &pdf] {
        assert_eq!(read_upload(file).unwrap()[0].text, "51731161000");
    }
    crate::sys::corpus::replay("picture", &[("png", png), ("jpeg", jpeg)], probe);
    crate::sys::corpus::replay("pdf", &[("page", pdf)], probe);
}
