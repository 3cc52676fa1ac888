//! Who is in the release of `tests/data/release-v1`. Nobody here exists; each is here for one thing the format must carry.

use jiff::civil::{Date, date};
use sonae::domain::{
    burden::Percent,
    checkup::Checkup,
    insured::{Branch, Identity},
    insurer_number::InsurerNumber,
    medication::{Dispensing, Drug, Setting},
    person::{Alias, LossReason, PersonRecord, Relation, Sex, Standing},
    visit::{CareSetting, Visit},
};

/// A person and what the release tells of them.
pub(crate) struct Told {
    pub(crate) person: PersonRecord,
    pub(crate) drugs: Vec<Dispensing>,
    pub(crate) checkups: Vec<Checkup>,
    pub(crate) visits: Vec<Visit>,
}

fn told(person: PersonRecord) -> Told {
    Told { person, drugs: vec![], checkups: vec![], visits: vec![] }
}

fn identity(symbol: &str, number: &str, branch: Option<u8>) -> Identity {
    let insurer = InsurerNumber::with_check_digit(17_001);
    let branch = branch.and_then(Branch::from_value);
    Identity { insurer, symbol: symbol.into(), number: number.into(), branch }
}

fn plain(identity: Identity, name: &str, kana: &str, birth: Date) -> PersonRecord {
    PersonRecord {
        identity,
        insurer_name: "架空市国民健康保険".into(),
        name: name.into(),
        kana: kana.into(),
        alias: None,
        birth,
        sex: Sex::Female,
        address: "石川県架空市海辺町3丁目12番地".into(),
        municipality: 172_049,
        relation: Relation::Family,
        burden: Percent::new(30),
        limit_class: None,
        valid_from: date(2020, 4, 1),
        lost_on: None,
        loss_reason: None,
        standing: Standing::Usable,
        origin: None,
    }
}

/// Symbol in kanji, number with leading zeros.
fn first_family() -> Vec<Told> {
    let member = |branch| identity("備前", "0012345", branch);
    let head = PersonRecord {
        sex: Sex::Male,
        relation: Relation::Insured,
        limit_class: Some("B04".into()),
        address: "石川県架空市海辺町３丁目１２番地0405号室007".into(),
        ..plain(member(Some(1)), "能登谷　太郎", "ノトヤ　タロウ", date(1948, 2, 29))
    };
    let alias = Alias {
        name: "海辺　ヴァイオレット".into(),
        kana: "ウミベ　ヴァイオレット".into(),
    };
    let wife = PersonRecord {
        alias: Some(alias),
        burden: Percent::new(20),
        ..plain(member(Some(2)), "能登谷　ヴィオラ", "ノトヤ　ヴィオラ", date(1950, 1, 31))
    };
    let child = PersonRecord {
        address: "石川県架空市海辺町".into(),
        ..plain(member(None), "能登谷花子", "ノトヤハナコ", date(2019, 12, 31))
    };
    vec![
        Told { drugs: drugs(), checkups: checkups(), visits: visits(), ..told(head) },
        Told { drugs: drugs().split_off(2), ..told(wife) },
        told(child),
    ]
}

/// Symbol in digits, days that two bytes cannot hold, people who are lost or suspended.
fn second_family() -> Vec<Told> {
    let member = |branch| identity("0123", "00045", Some(branch));
    let oldest = PersonRecord {
        burden: Percent::new(10),
        lost_on: Some(date(2079, 6, 5)),
        loss_reason: Some(LossReason::Death),
        ..plain(member(0), "ガッパ　ヂヅ子", "がっぱ　ヂヅコ", date(1899, 12, 31))
    };
    let suspended = PersonRecord {
        standing: Standing::Suspended,
        valid_from: date(2079, 6, 6),
        lost_on: Some(date(2099, 12, 31)),
        burden: Percent::new(0),
        ..plain(member(1), "ノトヤ　ハナコ", "", date(1900, 1, 1))
    };
    let unnamed = PersonRecord {
        loss_reason: Some(LossReason::Other),
        ..plain(member(99), "李　美", "", date(1868, 1, 25))
    };
    vec![told(oldest), Told { drugs: drugs().split_off(3), ..told(suspended) }, told(unnamed)]
}

/// No symbol, three parts of a name, an address that holds the format's own marks; and numbers that are none.
fn third_family() -> Vec<Told> {
    let late = PersonRecord {
        sex: Sex::Unstated,
        burden: None,
        relation: Relation::Insured,
        address: "石川県\u{1}架空市\u{2}９番".into(),
        ..plain(
            identity("", "01234567", None),
            "マリア　デ・ラ　クルス",
            "マリア　デ・ラ　クルス",
            date(1931, 7, 15),
        )
    };
    let letters = PersonRecord {
        insurer_name: "架空健康保険組合".into(),
        ..plain(
            identity("１２３４ー５６\u{1f}", "００\u{1f}ab－７", Some(7)),
            "髙﨑　ｳﾐ",
            "ﾀｶｻｷ　ｳﾐー",
            date(1999, 9, 9),
        )
    };
    let long = plain(
        identity("1234567890123456", "000000000000000", Some(1)),
        "高崎　海",
        "タカサキ　ウミ",
        date(1999, 9, 9),
    );
    let northern = PersonRecord {
        municipality: 11_002,
        address: "北海道架空市1".into(),
        alias: Some(Alias {
            name: "いすゞ　ヷヺヴア".into(), kana: "ヴーア　ｶﾞ゛-イ".into()
        }),
        ..plain(identity("北", "1", None), "ジョン　Ａ", "ジョン　Ａ．Ｂ", date(1970, 1, 1))
    };
    vec![told(late), told(letters), told(long), told(northern)]
}

/// Enough others that a tree has more than one block.
fn neighbours() -> impl Iterator<Item = Told> {
    (0..30_u8).map(|n| {
        let number = format!("{:05}", 700 + u32::from(n));
        let name = format!("隣　{}", ["一子", "二郎", "三枝"][usize::from(n % 3)]);
        let kana = format!("トナリ　{}", ["イチコ", "ジロウ", "サエ"][usize::from(n % 3)]);
        let born = date(1940 + i16::from(n), 5, 1 + (n % 28) as i8);
        let person = plain(identity("備後", &number, Some(1)), &name, &kana, born);
        let some = |wanted: bool| if wanted { 1 } else { 0 };
        let mut told = told(person);
        told.drugs = drugs().into_iter().take(1).collect();
        told.checkups = checkups().into_iter().take(some(n.is_multiple_of(5))).collect();
        told.visits = visits().into_iter().take(some(n.is_multiple_of(7))).collect();
        told
    })
}

pub(crate) fn everybody() -> Vec<Told> {
    let families = [first_family(), second_family(), third_family()];
    families.into_iter().flatten().chain(neighbours()).collect()
}

/// Newest first: two on one day in one place, then another day and place, then a day before 1900.
fn drugs() -> Vec<Dispensing> {
    let row = |on, n: u16, facility: &str, setting| Dispensing {
        on,
        drug: Drug {
            code: format!("2171022F{n:04}").into(),
            name: format!("ソナエジピン錠{n}mg").into(),
            ingredient: "架空ジピンベシル酸塩".into(),
            unit: "錠".into(),
        }
        .into(),
        dose: "1.5".into(),
        usage: "分1 朝食後".into(),
        days: 28 * n,
        facility: facility.into(),
        setting,
    };
    vec![
        row(date(2026, 11, 20), 1, "架空海辺薬局", Setting::Pharmacy),
        row(date(2026, 11, 20), 2, "架空海辺薬局", Setting::Pharmacy),
        row(date(2026, 10, 1), 1, "架空医院", Setting::InHouse),
        row(date(1899, 1, 1), 300, "架空医院", Setting::Pharmacy),
    ]
}

fn checkups() -> Vec<Checkup> {
    let row = |n: u8, value: &str| Checkup {
        on: date(2025, 6, 1),
        item_code: format!("9A75{n:013}").into(),
        item_name: "収縮期血圧".into(),
        value: value.into(),
        unit: "mmHg".into(),
        facility: "架空健診センター".into(),
    };
    vec![row(1, "128"), row(2, "+"), row(3, "5.60"), row(4, "012"), row(5, "")]
}

fn visits() -> Vec<Visit> {
    let row = |on, setting, count| Visit {
        on,
        facility: "架空病院".into(),
        setting,
        act_code: "140000610".into(),
        act_name: "創傷処置".into(),
        count,
    };
    vec![
        row(date(2026, 3, 2), CareSetting::Inpatient, 300),
        row(date(2026, 3, 1), CareSetting::Outpatient, 0),
    ]
}

/// The same region a day later: each change is here for one thing a delta must carry.
pub(crate) fn a_day_later() -> Vec<Told> {
    let mut people = everybody();
    let at = |people: &[Told], name: &str| {
        people.iter().position(|told| told.person.name == name).expect("somebody of that name")
    };
    // Moved house; a record goes and a record comes.
    let head = at(&people, "能登谷　太郎");
    people[head].person.address = "石川県架空市山手町１番".into();
    // A new history, and a record that stays.
    let wife = at(&people, "能登谷　ヴィオラ");
    people[wife].drugs.truncate(1);
    // To another family, with all there is of her; nobody of the old one is hidden.
    let letters = at(&people, "髙﨑　ｳﾐ");
    people[letters].person.identity = identity("備後", "00700", Some(2));
    // Somebody goes, and the rest of the family stays.
    let child = at(&people, "能登谷花子");
    people.remove(child);
    // A whole family goes: one of a row of neighbours.
    let alone = people.iter().position(|told| told.person.identity.number == "00703");
    people.remove(alone.expect("a neighbour"));
    // No drugs any more, another check-up, a first visit.
    let (no_drugs, other_value, first_visit) =
        (people.len() - 2, people.len() - 5, people.len() - 3);
    people[no_drugs].drugs.clear();
    people[other_value].checkups = checkups().split_off(3);
    people[first_visit].visits = visits();
    // Somebody comes, with words that the root does not have.
    let new = PersonRecord {
        insurer_name: "未知健康保険組合".into(),
        limit_class: Some("X99".into()),
        ..plain(identity("新", "9", None), "新顔　来人", "シンガオ　ライト", date(2026, 11, 21))
    };
    people.push(Told { drugs: drugs().split_off(3), ..told(new) });
    people
}
