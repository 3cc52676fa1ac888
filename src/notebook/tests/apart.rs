//! What nobody wrote together is not brought together: texts, prescriptions, people, drugs and their supplements.

use super::*;

const HEAD: &str = "JAHISTC08,1\n1,備江　花子,2,S330303\n";
const VISIT: &str = "5,R081101,1\n11,例示薬局,,,,,,,1\n";

/// Each RP as `drug+drug usage`, a list to each visit.
fn rps(notebook: &Notebook) -> Vec<Vec<String>> {
    let told = |rp: &Prescription| {
        let names: Vec<_> = rp.drugs.iter().map(|drug| drug.name.as_str()).collect();
        format!("{} {}", names.join("+"), rp.usage.as_deref().unwrap_or("?"))
    };
    let of_visit = |visit: &Visit| visit.prescriptions.iter().map(told).collect();
    notebook.visits.iter().map(of_visit).collect()
}

fn raw(notebook: &Notebook) -> Vec<&str> {
    notebook.raw.iter().map(|raw| raw.text.as_str()).collect()
}

#[test]
fn two_texts_of_one_day_and_pharmacy_keep_their_own_drugs_and_usages() {
    let text = |drug: &str, usage: &str| {
        format!("{HEAD}{VISIT}201,1,例示錠Ａ,1,錠,1,,1\n{drug}301,1,{usage},7,日分,1,1,,1\n")
    };
    let (first, second) = (text("", "朝食後"), text("201,1,例示錠Ｂ,2,錠,1,,1\n", "就寝前"));
    let notebook = read_texts(&[&first, &second]);
    assert_eq!(rps(&notebook), [["例示錠Ａ 朝食後"], ["例示錠Ａ+例示錠Ｂ 就寝前"]]);
    assert_eq!((notebook.raw, notebook.warnings), (vec![], vec![]));
    assert_eq!(rps(&read_texts(&[&first, &first])), [["例示錠Ａ 朝食後"]], "a copy");
}

#[test]
fn a_prescription_of_its_own_is_never_hung_on_the_one_before() {
    let drug = |name: &str| format!("201,1,1,1,1,,{name},1,1,錠\n");
    let text = |name: &str, usage: &str| {
        format!("JAHIS10\n11,,備江　花子\n51,R081101\n{}111,1,1,,{usage}\n", drug(name))
    };
    let (first, second) = (text("例示錠Ａ", "朝食後"), text("例示錠Ｂ", "就寝前"));
    let notebook = read_texts(&[&first, &second]);
    assert_eq!(rps(&notebook), [["例示錠Ａ 朝食後"], ["例示錠Ｂ 就寝前"]]);
    assert_eq!(notebook.raw, []);
    let mark = |place: u8| format!("911,20261101000007,2,{place}\n");
    let front = format!("JAHIS10\n11,,備江　花子\n{}{}", drug("例示錠Ａ"), mark(1));
    let back = format!("JAHIS10\n{}111,1,1,,朝食後\n{}", drug("例示錠Ｂ"), mark(2));
    assert_eq!(rps(&read_texts(&[&back, &front])), [["例示錠Ａ+例示錠Ｂ 朝食後"]], "a split");
}

#[test]
fn names_that_only_fit_where_a_letter_is_missing_are_two_people() {
    let text = |name: &str| format!("JAHISTC08,1\n1,{name},2,S330303\n{VISIT}").into_bytes();
    let read_two = |a: &str, b: &str| read(&[text(a), text(b)]);
    assert_eq!(read_two("例示■子", "例示花子"), Err(NotebookError::MixedPatients));
    assert_eq!(read_two("髙崎花子", "高崎花子").unwrap().patient.unwrap().name, "髙崎花子");
    assert!(read_two("例示■子", "例示■子").is_ok(), "as it was written");
}

#[test]
fn a_prescription_of_a_namesake_born_another_day_is_refused() {
    let text = |birth: &str| format!("JAHIS10\n11,,備江　花子\n13,{birth}\n").into_bytes();
    let both = read(&[text("S330303"), text("S340404")]);
    assert_eq!(both, Err(NotebookError::MixedPatients));
}

#[test]
fn what_is_said_of_a_drug_that_was_refused_hangs_on_no_other() {
    let (a, about) = ("201,1,例示錠Ａ,1,錠,1,,1\n", "281,1,粉砕,1\n291,1,食前に,1\n");
    for refused in ["201,1,,1,錠,1,,1", "201,abc,例示錠Ｂ,1,錠,1,,1"] {
        let notebook = read_texts(&[&format!("{HEAD}{VISIT}{a}{refused}\n{about}")]);
        let drug = drugs(&notebook)[0];
        assert_eq!((&drug.notes, &drug.cautions), (&vec![], &vec![]), "{refused}");
        assert_eq!(raw(&notebook), [refused, "281,1,粉砕,1", "291,1,食前に,1"]);
        assert_eq!(codes(&notebook), ["malformed_record", "no_owner", "no_owner"]);
    }
    let next = format!("{HEAD}{VISIT}201,1,,1,錠,1,,1\n{a}{about}");
    assert_eq!(drugs(&read_texts(&[&next]))[0].notes.len(), 1, "the next drug has its own");
}

#[test]
fn a_supplement_without_a_number_or_with_two_owners_is_nobodys() {
    let rx = |numbers: [&str; 2], of: &str| {
        let drug = |number| format!("201,1,{number},1,1,,例示錠,1,1,錠\n");
        let [a, b] = numbers.map(drug);
        format!("JAHIS10\n11,,備江　花子\n{a}{b}241,1,{of},2/3,2\n281,1,{of},1,1,粉砕\n")
    };
    for (numbers, of) in [(["", ""], ""), (["", "2"], ""), (["1", "1"], "1"), (["1", "2"], "x")] {
        let notebook = read_texts(&[&rx(numbers, of)]);
        let nothing = |drug: &&Drug| drug.dosing.is_none() && drug.notes.is_empty();
        assert!(drugs(&notebook).iter().all(nothing), "{numbers:?} {of}");
        assert_eq!(
            (raw(&notebook).len(), codes(&notebook)[0]),
            (2, "no_owner"),
            "{numbers:?} {of}"
        );
    }
    let notebook = read_texts(&[&rx(["1", "2"], "2")]);
    assert_eq!((drugs(&notebook)[1].notes.len(), notebook.raw), (1, vec![]));
}
