//! Promises of the column files.

use super::{BadRow, ColumnFile, ColumnMap, Encoding, Entry, Of, Reason};
use crate::{
    domain::{
        checkup::Checkup,
        medication::Dispensing,
        person::{PersonRecord, Sex},
        visit::{CareSetting, Visit},
    },
    limits,
    messages::Trouble,
    snapshot::SnapshotError,
};
use proptest::prelude::*;
use std::io::{self, Read};

const PEOPLE: &str = "\
insurer_number,symbol,number,branch,insurer_name,name,kana,alias_name,alias_kana,birth_date,sex,address,municipality,relation,burden_percent,limit_class,valid_from,lost_on,loss_reason,suspended
170010,備1,0001,01,架空市国保,能登谷　花子,ノトヤ　ハナコ,,,1950-02-28,2,架空市海辺町1丁目,172049,1,30,B04,2020-04-01,,,
170010,備1,0001,02,架空市国保,能登谷　太郎,ノトヤ　タロウ,能登　太郎,ノト　タロウ,19510301,1,架空市海辺町1丁目,172049,2,20,,2020-04-01,2026-10-01,03,1
17001,備1,0001,03,架空市国保,能登谷　次郎,ノトヤ　ジロウ,,,1952-01-01,1,架空市海辺町1丁目,172049,2,,,2020-04-01,,,
170010,備1,0001,04,架空市国保,能登谷　三郎,ノトヤ　サブロウ,,,1952-02-30,1,架空市海辺町1丁目,172049,2,,,2020-04-01,,,
";

const DRUGS: &str = "\
insurer_number,symbol,number,branch,birth_date,dispensed_on,drug_code,drug_name,ingredient,dose,unit,usage,days,facility,setting
170010,備1,0001,01,19500228,2026-10-20,2171022F0001,ソナエジピン錠,架空ジピン,1,錠,分1 朝食後,28,架空薬局,2
170010,備1,0001,01,19500229,2026-10-20,2171022F0001,ソナエジピン錠,架空ジピン,1,錠,分1 朝食後,28,架空薬局,2
170010,備1,0001,01,19500228,2026-10-20,2171022F0001,ソナエジピン錠
";

const CHECKUPS: &str = "\
insurer_number,symbol,number,branch,birth_date,examined_on,item_code,item_name,value,unit,facility
170010,備1,0001,01,19500228,2026-06-01,9A751000000000001,収縮期血圧,128,mmHg,架空健診センター
170010,備1,0001,01,19500228,2026-06-01,9A751,収縮期血圧,128,mmHg,架空健診センター
170010,備1,0001,01,19500228,2026-06-01,1A010000000190111,尿蛋白,,,架空健診センター
";

const VISITS: &str = "\
insurer_number,symbol,number,branch,birth_date,treated_on,facility,setting,act_code,act_name,count
170010,備1,0001,01,19500228,2026-09-01,架空医院,2,112007410,再診料,1
170010,備1,0001,01,19500228,2026-09-01,架空医院,3,112007410,再診料,1
170010,備1,0001,01,19500228,2026-09-01,架空医院,1,112007410,再診料,70000
";

type Read2<T> = (Vec<T>, Vec<BadRow>);

fn read_as<T: Entry>(
    file: impl Read,
    map: &ColumnMap,
    encoding: Option<Encoding>,
) -> Result<Read2<T>, SnapshotError> {
    let (mut entries, mut bad) = (vec![], vec![]);
    ColumnFile::<T, _>::open(file, map, encoding)?.read(
        |entry| {
            entries.push(entry);
            Ok::<_, SnapshotError>(())
        },
        |row| {
            bad.push(row);
            Ok(())
        },
    )?;
    Ok((entries, bad))
}

fn read<T: Entry>(file: &[u8]) -> Read2<T> {
    read_as(file, &ColumnMap::default(), None).unwrap()
}

fn people(file: &[u8]) -> Read2<PersonRecord> {
    read(file)
}

fn refused(file: &[u8], map: &ColumnMap) -> SnapshotError {
    read_as::<PersonRecord>(file, map, None).unwrap_err()
}

fn column(line: u64, column: &'static str, reason: Reason) -> BadRow {
    BadRow { line, column: Some(column), reason }
}

fn whole(line: u64, reason: Reason) -> BadRow {
    BadRow { line, column: None, reason }
}

/// The people's file with one more row in front.
fn with_row(row: &[u8]) -> Vec<u8> {
    let mut file = PEOPLE.as_bytes().to_vec();
    let heading = PEOPLE.find('\n').unwrap() + 1;
    file.splice(heading..heading, [row, b"\n"].concat());
    file
}

fn good_row() -> &'static str {
    PEOPLE.lines().nth(1).unwrap()
}

fn cp932(text: &str) -> Vec<u8> {
    let (bytes, _, broken) = encoding_rs::SHIFT_JIS.encode(text);
    assert!(!broken);
    bytes.into_owned()
}

#[test]
fn bad_rows_are_named_by_line_column_and_reason_and_the_rest_is_read() {
    let (people, bad) = people(PEOPLE.as_bytes());
    assert_eq!(people.len(), 2);
    assert_eq!(people[1].alias.as_ref().unwrap().name, "能登　太郎");
    assert_eq!(people[0].sex, Sex::Female);
    let insurer = column(4, "insurer_number", Reason::NotAsDescribed);
    let birth = column(5, "birth_date", Reason::NotAsDescribed);
    assert_eq!(bad, [insurer, birth]);
}

#[test]
fn drugs_checkups_and_visits_are_read_with_whose_they_are() {
    let (drugs, bad) = read::<Of<Dispensing>>(DRUGS.as_bytes());
    assert_eq!((drugs.len(), drugs[0].what.days), (1, 28));
    let birth = column(3, "birth_date", Reason::NotAsDescribed);
    assert_eq!(bad, [birth, column(4, "ingredient", Reason::RowTooShort)]);
    let (checkups, bad) = read::<Of<Checkup>>(CHECKUPS.as_bytes());
    assert_eq!(checkups[0].identity, drugs[0].identity);
    assert_eq!((checkups.len(), &*checkups[0].what.value), (1, "128"));
    let code = column(3, "item_code", Reason::NotAsDescribed);
    assert_eq!(bad, [code, column(4, "value", Reason::NotAsDescribed)]);
    let (visits, bad) = read::<Of<Visit>>(VISITS.as_bytes());
    assert_eq!((visits.len(), visits[0].what.setting), (1, CareSetting::Outpatient));
    let setting = column(3, "setting", Reason::NotAsDescribed);
    assert_eq!(bad, [setting, column(4, "count", Reason::NotAsDescribed)]);
}

#[test]
fn a_file_without_a_column_is_refused_and_the_column_is_named() {
    let none = ColumnMap::default();
    for file in [&b"insurer_number,symbol\n"[..], b"insurer_number,symbol,\"number"] {
        let refused = refused(file, &none);
        assert_eq!(refused.message().code, "csv_header_wrong");
    }
    assert!(refused(b"insurer_number,symbol\n", &none).to_string().ends_with("number"));
}

#[test]
fn a_file_with_no_heading_row_at_all_is_refused() {
    let endless = vec![b'x'; limits::CSV_LINE_BYTES_MAX * 3];
    for file in [&b""[..], b"\n\r\n\n", b"\xef\xbb\xbf", &endless, good_row().as_bytes()] {
        assert_eq!(refused(file, &ColumnMap::default()).message().code, "csv_header_wrong");
    }
}

#[test]
fn a_column_there_twice_is_refused_for_nobody_knows_which_counts() {
    let file = PEOPLE.replacen("sex", "name", 1);
    assert_eq!(refused(file.as_bytes(), &ColumnMap::default()).message().code, "csv_column_twice");
    let further = PEOPLE.replacen("suspended", "suspended,memo,memo", 1);
    assert_eq!(people(further.as_bytes()).0.len(), 2, "columns we do not read may bear any name");
}

#[test]
fn a_row_in_another_encoding_does_not_stop_the_rest() {
    let (people, bad) = people(&with_row(&cp932(good_row())));
    assert_eq!(people.len(), 2);
    assert_eq!(bad[0], column(2, "symbol", Reason::BrokenCharacter));
}

#[test]
fn a_cp932_file_reads_as_its_utf8_twin_said_or_guessed() {
    let known = people(PEOPLE.as_bytes());
    let twin = cp932(&PEOPLE.replace('\n', "\r\n"));
    for encoding in [None, Some(Encoding::Cp932)] {
        assert_eq!(read_as(&twin[..], &ColumnMap::default(), encoding).unwrap(), known);
    }
    let (people, bad) =
        read_as::<PersonRecord>(&twin[..], &ColumnMap::default(), Some(Encoding::Utf8)).unwrap();
    assert_eq!((people.len(), bad.len()), (0, 4), "nothing is guessed where the encoding is said");
}

#[test]
fn what_only_windows_writes_is_read_in_cp932() {
    let (people, bad) =
        people(&cp932(&PEOPLE.replace("能登谷　花子", "髙﨑　①ﾊﾅ").replace('　', " ")));
    assert_eq!(people[0].name, "髙﨑 ①ﾊﾅ");
    assert_eq!(bad.len(), 2);
}

#[test]
fn half_a_character_in_a_cp932_file_costs_its_own_row_only() {
    for half in [&b"\x94"[..], b"\x82\xa6\xe3", b"\xff", b"\x80"] {
        let mut file = cp932(PEOPLE);
        let at = file.windows(6).position(|run| run == b",1950-").unwrap();
        file.splice(at..at, half.iter().copied()); // the end of alias_kana
        let (people, bad) = people(&file);
        assert_eq!((people.len(), bad.len()), (1, 3), "{half:?}");
        assert_eq!((bad[0].line, bad[0].column), (2, Some("alias_kana")), "{half:?}");
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_heading() {
    assert_eq!(people(format!("\u{feff}{PEOPLE}").as_bytes()), people(PEOPLE.as_bytes()));
}

#[test]
fn characters_nobody_can_see_are_refused_where_they_are_read() {
    for hidden in
        ["\0", "\t", "\u{7f}", "\u{85}", "\u{202e}", "\u{2066}", "\u{2028}", "\u{fffd}", "\r"]
    {
        let row = good_row().replace("花子", &format!("花{hidden}子"));
        let (people, bad) = people(&with_row(row.as_bytes()));
        assert_eq!((people.len(), bad.len()), (2, 3), "{hidden:?}");
        assert_eq!((bad[0].line, bad[0].column), (2, Some("name")), "{hidden:?}");
    }
    let row = good_row().replace("能登谷　花子", "\"能登谷\n花子\"");
    let (people, bad) = people(&with_row(row.as_bytes()));
    assert_eq!(people.len(), 2);
    assert_eq!(bad[0], column(2, "name", Reason::ControlCharacter));
    assert_eq!(bad[1].line, 6, "a row over two lines counts for two");
}

#[test]
fn a_line_break_in_a_column_we_do_not_read_is_nobodys_business() {
    let file = PEOPLE.replacen("suspended", "suspended,memo", 1);
    let file = file.replacen("B04,2020-04-01,,,", "B04,2020-04-01,,,,\"one\n\"\"two\"\"\n\"", 1);
    let (people, bad) = people(file.as_bytes());
    assert_eq!((people.len(), bad[0].line), (2, 6));
}

#[test]
fn a_line_of_ten_megabytes_is_named_and_the_rest_is_read() {
    let (people, bad) = people(&with_row(&vec![b'x'; 10 << 20]));
    assert_eq!(people.len(), 2);
    assert_eq!(bad[0], whole(2, Reason::RowTooLong));
    assert_eq!(bad[1].line, 5);
}

#[test]
fn a_row_as_long_as_its_ceiling_is_read_and_one_byte_more_is_not() {
    let room = limits::CSV_LINE_BYTES_MAX - good_row().len();
    let address = |bytes| good_row().replace("海辺町", &format!("海辺町{}", "x".repeat(bytes)));
    assert_eq!(people(&with_row(address(room).as_bytes())).0.len(), 3);
    let (people, bad) = people(&with_row(address(room + 1).as_bytes()));
    assert_eq!((people.len(), bad[0]), (2, whole(2, Reason::RowTooLong)));
}

#[test]
fn a_quotation_mark_that_is_never_closed_costs_its_own_row_only() {
    let open = good_row().replace("能登谷　花子", "\"能登谷　花子");
    let (few, bad) = people(&with_row(open.as_bytes()));
    assert_eq!((few.len(), bad[0]), (2, whole(2, Reason::QuoteOpen)));
    assert_eq!(bad[1].line, 5, "lines are counted on");
    let mut long = with_row(open.as_bytes());
    let rows = limits::CSV_LINE_BYTES_MAX * 3 / good_row().len();
    long.extend_from_slice(format!("{}\n", good_row()).repeat(rows).as_bytes());
    let (many, bad) = people(&long);
    assert_eq!((many.len(), bad.len()), (2 + rows, 3));
}

#[test]
fn a_row_of_too_many_columns_is_named() {
    let row = ",".repeat(limits::CSV_COLUMNS_MAX);
    let (people, bad) = people(&with_row(row.as_bytes()));
    assert_eq!((people.len(), bad[0]), (2, whole(2, Reason::TooManyColumns)));
}

#[test]
fn the_last_row_needs_no_line_end() {
    assert_eq!(people(PEOPLE.trim_end().as_bytes()), people(PEOPLE.as_bytes()));
}

#[test]
fn a_file_that_cannot_be_read_on_is_refused_not_taken_as_ended() {
    struct Dying;
    impl Read for Dying {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the stick was pulled"))
        }
    }
    let long = format!("{PEOPLE}{}", format!("{}\n", good_row()).repeat(1_000));
    for file in [&b""[..], long.as_bytes()] {
        let refused =
            read_as::<PersonRecord>(file.chain(Dying), &ColumnMap::default(), None).unwrap_err();
        assert_eq!(refused.message().code, "csv_unreadable");
    }
}

#[test]
fn a_publishers_own_headings_are_understood() {
    let map = ColumnMap::parse(
        "[people]\ninsurer_number = \"保険者番号\"\nname = \"氏名\"\nalias_name = \"\"\nalias_kana = \"\"\n",
    )
    .unwrap();
    let theirs = PEOPLE
        .replacen("insurer_number", "保険者番号", 1)
        .replacen(",name,", ",氏名,", 1)
        .replacen("alias_name", "x", 1)
        .replacen("alias_kana", "y", 1);
    for file in [theirs.clone().into_bytes(), cp932(&theirs)] {
        let (people, bad) = read_as::<PersonRecord>(&file[..], &map, None).unwrap();
        assert_eq!((people.len(), bad.len()), (2, 2));
        assert_eq!(people[1].alias, None, "a column named away is not read");
    }
    assert_eq!(refused(PEOPLE.as_bytes(), &map).message().code, "csv_header_wrong");
}

#[test]
fn a_slip_of_the_pen_in_the_headings_file_is_refused() {
    for text in [
        "people",
        "[poeple]\nname = \"氏名\"",
        "[people]\nnmae = \"氏名\"",
        "[people]\nname = \"\"",
        "[people]\nname = 1",
        "name = \"氏名\"",
    ] {
        let refused = ColumnMap::parse(text).unwrap_err();
        assert_eq!(refused.message().code, "csv_columns_unreadable", "{text}");
    }
}

/// A row that may stand anywhere in a file without touching its neighbours: no quotation mark in it.
fn rows() -> impl Strategy<Value = Vec<Option<Vec<u8>>>> {
    let scrap = any::<Vec<u8>>()
        .prop_map(|row| row.into_iter().filter(|byte| !b"\"\n".contains(byte)).collect());
    proptest::collection::vec(proptest::option::of(scrap), 0..40)
}

proptest! {
    #[test]
    fn no_column_file_makes_the_reader_panic(rows in proptest::collection::vec(any::<u8>(), 0..300)) {
        let heading = PEOPLE.split('\n').next().unwrap();
        let file = [heading.as_bytes(), b"\n", &rows].concat();
        for encoding in [None, Some(Encoding::Utf8), Some(Encoding::Cp932)] {
            let _ = read_as::<PersonRecord>(&file[..], &ColumnMap::default(), encoding);
            let _ = read_as::<Of<Dispensing>>(&rows[..], &ColumnMap::default(), encoding);
        }
    }

    #[test]
    fn good_rows_are_all_read_whatever_scrap_lies_between_them(rows in rows()) {
        let heading = PEOPLE.lines().next().unwrap().as_bytes();
        let lines: Vec<_> = rows.iter().map(|row| row.as_deref().unwrap_or(good_row().as_bytes())).collect();
        let file = [heading, b"\n", &lines.join(&b'\n')].concat();
        let (people, bad) =
            read_as::<PersonRecord>(&file[..], &ColumnMap::default(), Some(Encoding::Utf8)).unwrap();
        let scraps = rows.iter().flatten().filter(|row| !row.is_empty() && ***row != *b"\r");
        prop_assert_eq!(people.len(), rows.iter().filter(|row| row.is_none()).count());
        prop_assert_eq!(bad.len(), scraps.count());
    }
}
