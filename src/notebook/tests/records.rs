//! What each record becomes, by its words.

use super::*;
use crate::domain::person::Relation;

const OWN_TC: &str = include_str!("../../../tests/data/jahis/own-tc-every-record.txt");
const OWN_RX: &str = include_str!("../../../tests/data/jahis/own-rx-every-record.txt");

fn tc(lines: &str) -> Notebook {
    read_texts(&[&format!("JAHISTC08,1\n1,備江　花子,2,S330303\n{lines}")])
}

fn texts(notes: &[Note]) -> Vec<&str> {
    notes.iter().map(|note| note.text.as_str()).collect()
}

#[test]
fn what_concerns_the_patient_is_told_with_its_kind_and_author() {
    let notebook = read_texts(&[OWN_TC]);
    assert_eq!(notebook.direction, Some(Direction::ToPatient));
    let patient = notebook.patient.unwrap();
    assert_eq!(patient.weight_kg.as_deref(), Some("48.250"));
    assert_eq!(patient.emergency_contact.as_deref(), Some("備江　太郎 076-000-0002"));
    let kinds: Vec<_> = notebook.patient_remarks.iter().map(|note| (note.kind, note.by)).collect();
    let remark = |kind| Some(NoteKind::Remark(kind));
    let expected = [
        (remark(RemarkKind::Allergy), Some(Author::Patient)),
        (remark(RemarkKind::SideEffect), Some(Author::MedicalStaff)),
        (remark(RemarkKind::History), Some(Author::MedicalStaff)),
        (remark(RemarkKind::Other), Some(Author::Other)),
    ];
    assert_eq!(kinds, expected);
    let [cold, stomach] = &notebook.own_drugs[..] else { panic!("two drugs") };
    assert_eq!((cold.from, cold.jan.as_deref()), (Some(date(2026, 10, 1)), Some("4901234567894")));
    let kinds: Vec<_> =
        cold.ingredients.iter().map(|one| (one.name.as_str(), one.code_kind)).collect();
    let (smdc, none) = (Some(IngredientCodeKind::Smdc), Some(IngredientCodeKind::None));
    assert_eq!(kinds, [("アセトアミノフェン", smdc), ("カフェイン", none)]);
    assert!(stomach.ingredients.is_empty());
    assert_eq!(notebook.memos[0].on, Some(date(2026, 10, 12)));
    assert_eq!(notebook.family_pharmacists[0].until, Some(date(2027, 3, 31)));
}

#[test]
fn a_visit_holds_its_people_its_remarks_and_who_prescribed_what() {
    let notebook = read_texts(&[OWN_TC]);
    let visit = &notebook.visits[0];
    let place = visit.facility_details.as_ref().unwrap();
    assert_eq!(
        (place.fee_table, place.code.as_deref()),
        (Some(FeeTable::Pharmacy), Some("1234566"))
    );
    assert_eq!(visit.dispensed_by[0].name, "架空　薬子");
    let [rp1, rp2] = &visit.prescriptions[..] else { panic!("two RP") };
    let by = |rp: &Prescription| visit.doctors[rp.doctor.unwrap()].department.clone().unwrap();
    assert_eq!((by(rp1), by(rp2)), ("内科".into(), "皮膚科".into()));
    let drug = &rp1.drugs[0];
    assert_eq!((drug.dose.as_str(), drug.code_kind), ("2.5", CodeKind::Yj));
    assert_eq!(drug.generic_code_kind, Some(GenericCodeKind::Generic));
    assert_eq!(texts(&drug.notes), ["一包化"]);
    assert_eq!(texts(&drug.cautions), ["グレープフルーツを避ける"]);
    assert_eq!(
        (rp1.form, rp1.usage_code_kind),
        (Some(DosageForm::Internal), Some(UsageCodeKind::Jami))
    );
    assert_eq!(
        (texts(&rp1.usage_notes), texts(&rp1.cautions)),
        (vec!["透析日は休む"], vec!["車の運転を控える"])
    );
    assert_eq!((rp2.form, rp2.amount_unit.as_deref()), (Some(DosageForm::External), Some("調剤")));
    let provided: Vec<_> = visit.provided.iter().map(|note| note.kind.unwrap()).collect();
    let kinds = [ProvidedKind::MedicationAfterDischarge, ProvidedKind::SideEffectInHospital];
    assert_eq!(provided, kinds.map(NoteKind::Provided));
    assert_eq!(visit.patient_entries[0].on, Some(date(2026, 11, 3)));
    assert_eq!((visit.cautions.len(), visit.leftovers.len(), visit.remarks.len()), (1, 1, 1));
}

#[test]
fn a_record_411_without_its_kind_or_without_its_author_is_understood() {
    let notebook = tc("5,R081101,1\n411,粉砕,31\n411,発疹,1\n411,なし\n");
    let told: Vec<_> =
        notebook.visits[0].provided.iter().map(|note| (note.kind, note.by)).collect();
    let kind = Some(NoteKind::Provided(ProvidedKind::MedicationAfterDischarge));
    assert_eq!(told, [(kind, None), (None, Some(Author::MedicalStaff)), (None, None)]);
    assert_eq!((notebook.raw, notebook.warnings), (vec![], vec![]));
}

#[test]
fn a_prescription_tells_insurance_validity_and_every_supplement() {
    let notebook = read_texts(&[OWN_RX]);
    let visit = &notebook.visits[0];
    assert_eq!(visit.prescriber.as_deref(), Some("架空　一郎"));
    let order = visit.order.as_deref().unwrap();
    let told = &order.insurance;
    assert_eq!(
        (told.kind, told.burden),
        (Some(InsuranceKind::LateStage), Some(BurdenClass::ElderlyEightTenths))
    );
    assert_eq!((told.relation, told.patient_percent), (Some(Relation::Insured), Some(20)));
    let payers: Vec<_> = told.payers.iter().map(|payer| payer.order).collect();
    assert_eq!(payers, [1, 2, 3, 4]);
    assert_eq!(order.valid_until, Some(date(2026, 11, 4)));
    assert_eq!(order.leftover_check, Some(LeftoverCheck::AskFirst));
    assert_eq!((order.split_times, order.split_number, order.refills), (Some(3), Some(2), Some(3)));
    assert_eq!(order.remarks[0].kind, Some(OrderRemarkKind::OneDosePackage));
    let number = &order.numbers[0];
    assert_eq!(
        (number.kind, number.number.as_str()),
        (Some(NumberKind::VoucherNumber), "1234567890123456")
    );
    let rp = &visit.prescriptions[0];
    assert_eq!((rp.prescribed_form, rp.times_per_day), (Some(PrescribedForm::Internal), Some(2)));
    assert_eq!(rp.split, Some(SplitAmount { each: Some(7), total: Some(14) }));
    let site = &rp.usage_notes[1];
    assert_eq!(
        (site.kind, site.site_code.as_deref()),
        (Some(NoteKind::Usage(UsageNoteKind::JamiSite)), Some("31R"))
    );
    let drug = &rp.drugs[0];
    assert_eq!(
        (drug.item, drug.dose_meaning),
        (Some(ItemKind::Drug), Some(DoseMeaning::PriceUnit))
    );
    let dosing = drug.dosing.as_deref().unwrap();
    assert_eq!(
        (dosing.unit_factor.as_deref(), dosing.per_use.as_deref()),
        (Some("0.5"), Some("2/3"))
    );
    assert_eq!(
        (&dosing.uneven[..], &dosing.payers[..]),
        (
            &["2".to_owned(), "1".into()][..],
            &["1".to_owned(), "0".into(), "1".into(), "0".into()][..]
        )
    );
    assert_eq!(drug.notes[0].kind, Some(NoteKind::Drug(DrugNoteKind::BrandWished)));
    assert_eq!(visit.prescriptions[1].drugs[0].dose_meaning, Some(DoseMeaning::Potency));
}

#[test]
fn a_supplement_read_from_the_wrong_fields_changes_no_dose() {
    let text = "JAHIS10\n11,,備江　花子\n201,1,1,1,4,2171022F1029,例示錠,3,1,錠\n241,1,1,1,錠\n\
                221,1,9,1,2\n181,1,U1,就寝前\n";
    let notebook = read_texts(&[text]);
    let rp = &notebook.visits[0].prescriptions[0];
    assert_eq!((rp.drugs[0].dosing.clone(), rp.usage_notes.clone()), (None, vec![]));
    assert_eq!(notebook.raw.len(), 3);
    assert_eq!(codes(&notebook), ["malformed_record", "no_owner", "malformed_record"]);
}

#[test]
fn a_drug_code_that_is_not_what_it_claims_is_told_and_kept_as_written() {
    for (kind, code, expected) in [
        ("4", "2171022F1028", "drug_code_check"),
        ("2", "666666666", "drug_code_check"),
        ("4", "612170709", "drug_code_kind"),
        ("2", "2171022F1029", "drug_code_kind"),
        ("3", "21710", "drug_code_shape"),
        ("6", "1000017", "drug_code_check"),
    ] {
        let notebook = tc(&format!("5,R081101,1\n201,1,例示錠,1,錠,{kind},{code},1\n"));
        assert_eq!(codes(&notebook), [expected], "{kind} {code}");
        assert_eq!(drugs(&notebook)[0].code.as_deref(), Some(code));
    }
}

#[test]
fn a_prescribed_drug_with_fields_left_out_is_read_right_or_not_at_all() {
    let rx = |record: &str| read_texts(&[&format!("JAHIS10\n11,,備江　花子\n{record}\n")]);
    for record in [
        "201,1,1,4,2171022F1029,Acetaminophen,3,1,錠",
        "201,1,1,4,2171022F1029,Acetaminophen,3,錠",
        "201,1,1,2171022F1029,Acetaminophen,3,1,錠",
        "201,1,1,2171022F1029,Acetaminophen,3,錠",
        "201,1,1,1,4,2171022F1029,Acetaminophen,3,錠",
        "201,1,1,1,4,2171022F1029,Acetaminophen,3,1,錠",
        "201,1,1,,4,2171022F1029,Acetaminophen,3,,錠",
    ] {
        let notebook = rx(record);
        let [drug] = drugs(&notebook)[..] else { panic!("{record}") };
        let told = (drug.name.as_str(), drug.dose.as_str(), drug.unit.as_str());
        assert_eq!(told, ("Acetaminophen", "3", "錠"), "{record}");
        assert_eq!((drug.code.as_deref(), drug.number), (Some("2171022F1029"), Some(1)));
        assert_eq!(notebook.raw, [], "{record}");
    }
    let units = rx("201,1,1,2171022F1029,例示散,1000000,単位");
    assert_eq!((&*drugs(&units)[0].dose, &*drugs(&units)[0].unit), ("1000000", "単位"));
    let own = rx("201,1,1,1,4,院内０１,例示散,3,1,ｇ");
    assert_eq!(drugs(&own)[0].name, "例示散");
    for record in [
        "201,1,1,4,21710,例示散,3,1,ｇ",
        "201,1,1,1,,例示散,3,1,ｇ",
        "201,1,1,4,Acetaminophen,3,1,錠",
        "201,1,1,4,2171022F1029,3,1,錠",
    ] {
        let notebook = rx(record);
        assert_eq!((drugs(&notebook), notebook.raw[0].text.as_str()), (vec![], record));
        assert_eq!(codes(&notebook), ["malformed_record"], "{record}");
    }
}

#[test]
fn days_in_every_form_are_read() {
    for (written, expected) in [
        ("20261101", date(2026, 11, 1)),
        ("R081101", date(2026, 11, 1)),
        ("r081101", date(2026, 11, 1)),
        ("S640107", date(1989, 1, 7)),
        ("M450729", date(1912, 7, 29)),
        ("令和8年11月1日", date(2026, 11, 1)),
        (" R081101 ", date(2026, 11, 1)),
    ] {
        assert_eq!(tc(&format!("5,{written},1\n")).visits[0].date, Some(expected), "{written}");
    }
    let rx = |birth: &str| read_texts(&[&format!("JAHIS10\n11,,備江　花子\n13,{birth}\n")]);
    assert_eq!(rx("5080101").patient.unwrap().birth, Some(date(2026, 1, 1)));
    let partial = rx("333");
    assert_eq!(codes(&partial), ["odd_date"]);
}

#[test]
fn a_field_over_its_bytes_in_cp932_is_told_and_taken_whole() {
    let fits = tc(&format!("5,R081101,1\n501,{},1\n", "ｱ".repeat(400)));
    assert_eq!(codes(&fits), Vec::<&str>::new());
    let long = tc(&format!("5,R081101,1\n501,{},1\n", "あ".repeat(201)));
    assert_eq!(codes(&long), ["field_too_long"]);
    assert_eq!(long.visits[0].remarks[0].text.chars().count(), 201);
}

#[test]
fn letters_of_the_writers_own_and_broken_bytes_are_told_and_cost_no_drug() {
    let mut bytes = cp932("JAHISTC08,1\r\n1,備江　花子,2,S330303\r\n5,R081101,1\r\n201,1,例示錠");
    bytes.extend([0xf0, 0x40]);
    bytes.extend(cp932(",1,錠,1,,1\r\n501,ｿﾅｴ"));
    bytes.extend([0xff, b'\r', b'\n']);
    let notebook = read(&[bytes]).unwrap();
    assert_eq!(codes(&notebook), ["undecodable", "private_letters"]);
    assert_eq!(drugs(&notebook)[0].name, "例示錠\u{E000}");
    assert_eq!(notebook.visits[0].remarks[0].text, "ｿﾅｴ\u{FFFD}");
}

#[test]
fn behind_a_missing_part_nothing_is_hung_on_the_visit_before() {
    let part = |body: &str, place: u8| format!("JAHISTC08,1\n{body}911,20261101000005,3,{place}\n");
    let first = part("1,備江　花子,2,S330303\n5,R081101,1\n201,1,例示錠Ａ,1,錠,1,,1\n", 1);
    let third = part("201,1,例示錠Ｂ,1,錠,1,,1\n", 3);
    let notebook = read_texts(&[&third, &first]);
    assert_eq!(codes(&notebook), ["missing_part", "no_visit"]);
    let dates: Vec<_> = notebook.visits.iter().map(|visit| visit.date).collect();
    assert_eq!(dates, [Some(date(2026, 11, 1)), None]);
}

#[test]
fn a_drug_written_twice_in_a_split_visit_stays_twice() {
    let part = |body: &str, place: u8| format!("JAHISTC08,1\n{body}911,20261101000006,2,{place}\n");
    let drug = "201,1,例示錠Ａ,1,錠,1,,1\n";
    let first = part(&format!("1,備江　花子,2,S330303\n5,R081101,1\n{drug}"), 1);
    let goes_on = part(drug, 2);
    assert_eq!(drugs(&read_texts(&[&first, &goes_on])).len(), 2);
    let tells_again = part(&format!("5,R081101,1\n{drug}{drug}"), 2);
    assert_eq!(drugs(&read_texts(&[&first, &tells_again])).len(), 2);
}

#[test]
fn a_code_is_written_as_what_it_is() {
    for (code, kind, generic) in [
        ("2171022F1029", CodeKind::PriceList, None),
        ("612170709", CodeKind::Receipt, None),
        ("1000016", CodeKind::Hot, None),
        ("", CodeKind::None, None),
        ("2171022F1ZZZ", CodeKind::None, Some("2171022F1ZZZ")),
    ] {
        let mut drug = dispensing(date(2026, 11, 1), "例示錠");
        Arc::make_mut(&mut drug.drug).code = code.into();
        let sheet = write_drug_sheet(&HANAKO, &[drug], 1_800).unwrap();
        let notebook = read(&sheet.parts).unwrap();
        assert_eq!((&notebook.raw, &notebook.warnings), (&vec![], &vec![]), "{code}");
        let drug = drugs(&notebook)[0];
        assert_eq!((drug.code_kind, drug.generic_code.as_deref()), (kind, generic), "{code}");
    }
}

#[test]
fn the_slip_of_an_electronic_prescription_is_read() {
    let notebook = read_texts(&["06170018,記１,12345678,01,S330303,1234567890123456\r\n"]);
    assert_eq!(notebook.format, Format::Voucher);
    let voucher = notebook.voucher.unwrap();
    assert_eq!((voucher.birth, voucher.branch.as_deref()), (Some(date(1958, 3, 3)), Some("01")));
    assert_eq!(voucher.voucher_number, "1234567890123456");
    assert!(is_voucher(",,,,,1234567890123456"));
    for other in [
        "06170018,,1,01,S330303,123456789012345",
        "x,,1,01,S330303,1234567890123456",
        "1,2,3",
        ",,,,,1234567890123456,7",
    ] {
        assert!(!is_voucher(other), "{other}");
    }
}

proptest! {
    /// What was read, written down as raw lines and read again, says the same: reading changes nothing twice.
    #[test]
    fn stray_spaces_commas_and_line_ends_change_nothing(
        spaces in prop::collection::vec("[ \u{3000}]{0,2}", 8),
        commas in prop::collection::vec(",{0,3}", 8),
        line_end in prop::sample::select(vec!["\r\n", "\n", "\r", "\r\n\r\n", "\r\n\u{1A}"]),
    ) {
        for text in [OWN_TC, OWN_RX] {
            let expected = read_texts(&[text]);
            let bent: Vec<String> = text.lines().enumerate().map(|(at, line)| {
                if at == 0 {
                    return line.to_owned();
                }
                let (space, commas) = (&spaces[at % 8], &commas[at % 8]);
                let bare = line.trim_end_matches(',').replace(',', &format!(",{space}"));
                format!("{space}{bare}{space}{commas}")
            }).collect();
            let bent = cp932(&bent.join(line_end));
            prop_assert_eq!(read(&[bent]).unwrap(), expected);
        }
    }
}
