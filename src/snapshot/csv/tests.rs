//! Promises of the column files.

use super::{BadRow, RowFault, read_dispensings, read_people};
use crate::{domain::person::Sex, limits, messages::Trouble};
use proptest::prelude::*;

const PEOPLE: &str = "\
insurer_number,symbol,number,branch,insurer_name,name,kana,alias_name,alias_kana,birth_date,sex,address,municipality,relation,burden_percent,limit_class,valid_from,lost_on,loss_reason,suspended
170010,備1,0001,01,架空市国保,能登谷　花子,ノトヤ　ハナコ,,,1950-02-28,2,架空市海辺町1丁目,172049,1,30,B04,2020-04-01,,,
170010,備1,0001,02,架空市国保,能登谷　太郎,ノトヤ　タロウ,能登　太郎,ノト　タロウ,19510301,1,架空市海辺町1丁目,172049,2,20,,2020-04-01,2026-10-01,03,1
17001,備1,0001,03,架空市国保,能登谷　次郎,ノトヤ　ジロウ,,,1952-01-01,1,架空市海辺町1丁目,172049,2,,,2020-04-01,,,
170010,備1,0001,04,架空市国保,能登谷　三郎,ノトヤ　サブロウ,,,1952-02-30,1,架空市海辺町1丁目,172049,2,,,2020-04-01,,,
";

const DRUGS: &str = "\
insurer_number,symbol,number,branch,birth_date,dispensed_on,drug_code,drug_name,ingredient,dose,unit,usage,days,facility,setting
170010,備1,1,1,1950-02-28,2026-11-20,2171022F0001,ソナエジピン錠,架空ジピン,1,錠,分1 朝食後,28,架空薬局,2
170010,備1,0001,01,19500228,2026-10-20,2171022F0001,ソナエジピン錠,架空ジピン,1,錠,分1 朝食後,28,架空薬局,2
170010,備1,0001,01,19500229,2026-10-20,2171022F0001,ソナエジピン錠,架空ジピン,1,錠,分1 朝食後,28,架空薬局,2
170010,備9,0001,01,19500228,2026-10-20,2171022F0001,ソナエジピン錠,架空ジピン,1,錠,分1 朝食後,28,架空薬局,1
170010,備1,0001,01,19500228,2026-10-20,2171022F0001,ソナエジピン錠
";

#[test]
fn bad_rows_are_set_down_by_line_and_column_and_the_rest_is_read() {
    let read = read_people(PEOPLE.as_bytes()).unwrap();
    assert_eq!(read.people.len(), 2);
    assert_eq!(read.people[1].alias.as_ref().unwrap().name, "能登　太郎");
    assert_eq!(read.people[0].sex, Sex::Female);
    assert_eq!(read.bad.count, 2);
    let insurer = BadRow { line: 4, fault: RowFault::Column("insurer_number") };
    let birth = BadRow { line: 5, fault: RowFault::Column("birth_date") };
    assert_eq!(read.bad.first, [insurer, birth]);
}

#[test]
fn drugs_find_their_person_however_number_and_branch_are_written() {
    let people = read_people(PEOPLE.as_bytes()).unwrap().people;
    let histories = read_dispensings(DRUGS.as_bytes()).unwrap();
    let faults: Vec<_> = histories.bad.first.iter().map(|bad| (bad.line, bad.fault)).collect();
    assert_eq!(faults, [(4, RowFault::Column("birth_date")), (6, RowFault::Column("ingredient"))]);
    assert_eq!(histories.count, 3);
    assert_eq!(histories.belonging_to_nobody(&people), 1);
    let joined: Vec<_> = histories.join(people).collect();
    assert_eq!(joined[0].1.len(), 2);
    assert_eq!(joined[0].1[0].facility, "架空薬局");
    assert!(joined[1].1.is_empty());
}

#[test]
fn a_file_without_a_column_is_refused_and_the_column_is_named() {
    let refused = read_people("insurer_number,symbol\n".as_bytes()).unwrap_err();
    assert_eq!(refused.message().code, "csv_header_wrong");
    assert!(refused.to_string().ends_with("number"));
}

#[test]
fn a_row_that_is_not_utf8_does_not_stop_the_rest() {
    let mut file = PEOPLE.as_bytes().to_vec();
    let heading = PEOPLE.find('\n').unwrap() + 1;
    file.splice(heading..heading, *b"\x94\xf5\x82\xa6\n");
    let read = read_people(&file[..]).unwrap();
    assert_eq!(read.people.len(), 2);
    assert_eq!(read.bad.first[0], BadRow { line: 2, fault: RowFault::NotUtf8 });
}

#[test]
fn a_quotation_mark_that_is_never_closed_does_not_swallow_the_file() {
    let mut file = format!("{PEOPLE}\"");
    file.push_str(&"能登\n".repeat(limits::CSV_LINE_BYTES_MAX));
    let refused = read_people(file.as_bytes()).unwrap_err();
    assert_eq!(refused.message().code, "csv_unreadable");
}

proptest! {
    #[test]
    fn no_column_file_makes_the_reader_panic(rows in proptest::collection::vec(any::<u8>(), 0..300)) {
        let heading = PEOPLE.split('\n').next().unwrap();
        let file = [heading.as_bytes(), b"\n", &rows].concat();
        let _ = read_people(&file[..]);
        let _ = read_dispensings(&rows[..]);
    }
}
