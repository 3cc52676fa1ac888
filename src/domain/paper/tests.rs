//! Promises of the layout profiles and of typed papers.

use super::*;
use crate::domain::{
    burden::Percent,
    evidence::DocumentKind,
    insured::{Branch, Identity},
    insurer_number::InsurerNumber,
    oqs_codes::{Code as _, LimitClass},
    person::{Relation, Sex},
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 22);

fn profile(id: &str) -> &'static LayoutProfile {
    LayoutProfiles::built_in().unwrap().named(id).unwrap()
}

fn layout(id: &str, part: Part) -> &'static PartLayout {
    profile(id).layout(part).unwrap()
}

fn parse_one(certificate: &str, rest: &str) -> Result<LayoutProfiles, ProfileError> {
    let head = "id = \"generic\"\nja = \"型\"\nen = \"model\"\nlaws = []\n";
    LayoutProfiles::parse(&format!(
        "[[profile]]\n{head}[profile.certificate]\n{certificate}\n{rest}"
    ))
}

const PLAIN: &str = "size = \"card\"\nexpiry = \"unknown\"\nsource = \"D1\"\nconfirmed = true";

#[test]
fn the_profiles_say_what_the_reference_says() {
    let borne = |id, part, item| layout(id, part).bears(item);
    assert_eq!(borne("kyokai", Part::Notice, Item::Ratio), Borne::Yes);
    assert_eq!(borne("kyokai", Part::CutOut, Item::Ratio), Borne::No);
    assert_eq!(borne("kyokai", Part::CutOut, Item::Sex), Borne::No);
    assert_eq!(borne("shigaku", Part::Certificate, Item::Sex), Borne::Yes);
    assert_eq!(borne("shigaku", Part::Notice, Item::Sex), Borne::No);
    assert_eq!(borne("koki", Part::Certificate, Item::LimitClass), Borne::OnRequest);
    assert_eq!(borne("koki", Part::Certificate, Item::Address), Borne::No);
    assert_eq!(borne("kyokai", Part::Certificate, Item::Sex), Borne::Unknown);
    assert_eq!(profile("kyokai").corner(), Some(Corner::BottomLeft));
    assert_eq!(profile("kokuho_kumiai").corner(), Some(Corner::BottomRight));
    assert_eq!(layout("kenpo_b", Part::Certificate).size, PaperSize::Postcard);
    assert_eq!(profile("kenpo_a").layout(Part::Notice), None);
}

#[test]
fn an_insurer_gets_its_schemes_profiles_and_always_the_model() {
    let candidates = |number: &str| {
        let insurer = InsurerNumber::parse(number).unwrap().value;
        let found = LayoutProfiles::built_in().unwrap().candidates(insurer);
        found.into_iter().map(|profile| profile.id.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(candidates("01130012"), ["kyokai", "generic"]);
    assert_eq!(candidates("06139463"), ["kenpo_a", "kenpo_b", "generic"]);
    assert_eq!(candidates("138016"), ["kokuho_kumiai", "shi_kokuho", "generic"]);
    assert_eq!(candidates("34130021"), ["shigaku", "kyosai", "generic"]);
    assert_eq!(candidates("39131008"), ["koki", "generic"]);
    assert_eq!(candidates("99130010"), ["generic"]);
}

#[test]
fn a_file_of_profiles_that_cannot_be_meant_is_refused_by_name() {
    let id = || "generic".to_owned();
    assert!(parse_one(PLAIN, "").is_ok());
    let with = |line: &str| parse_one(&format!("{PLAIN}\n{line}"), "").unwrap_err();
    assert!(matches!(with("colour = \"pink\""), ProfileError::Unreadable(_)));
    assert!(matches!(with("yes = [\"blood_type\"]"), ProfileError::Unreadable(_)));
    assert_eq!(with("yes = [\"sex\"]\nno = [\"sex\"]"), ProfileError::ItemTwice(id(), Item::Sex));
    assert_eq!(with("corner = \"bottom_left\""), ProfileError::CutOut(id()));
    let other = |from: &str, to: &str| parse_one(&PLAIN.replace(from, to), "").unwrap_err();
    assert_eq!(other("card", "a4"), ProfileError::CutOut(id()));
    assert_eq!(other("D1", " "), ProfileError::NoSource(id()));
    for wrong in ["yearly 13-01", "yearly 02-30", "until soon", "forever", ""] {
        assert_eq!(other("unknown", wrong), ProfileError::Expiry(id(), wrong.into()), "{wrong}");
    }
    let never = parse_one(&PLAIN.replace("unknown", "within_5_years"), "no = [\"valid_to\"]");
    assert_eq!(never, Err(ProfileError::ExpiryContradicts(id())));
    let notice = format!("[profile.notice]\n{}", PLAIN.replace("card", "a4"));
    assert_eq!(parse_one(PLAIN, &notice), Err(ProfileError::CutOut(id())));
    let twice = parse_one(PLAIN, "[[profile]]\nid = \"generic\"\nja = \"\"\nen = \"\"\nlaws = []");
    assert_eq!(twice, Err(ProfileError::Twice(id())));
    assert_eq!(LayoutProfiles::parse("profile = []"), Err(ProfileError::NoGeneric));
}

#[test]
fn shares_are_read_from_every_way_they_are_printed() {
    let read = |text| PrintedRatio::parse(text).unwrap();
    for text in ["2割", "２割", "二割", "20%", "２０％", "020", "20", "2", " 2 割 ", "2割負担"]
    {
        assert_eq!(read(text), PrintedRatio::Percent(Percent::new(20).unwrap()), "{text}");
    }
    for (text, percent) in [("030", 30), ("10割", 100), ("100%", 100), ("０割", 0)] {
        assert_eq!(read(text).percent().unwrap().value(), percent, "{text}");
    }
    for text in ["*", "＊", "**", " ＊ "] {
        assert_eq!(read(text), PrintedRatio::Star, "{text}");
    }
    for text in ["法定負担割合のとおり", "法定負担割合の通り", " 法定負担割合 のとおり"]
    {
        assert_eq!(read(text), PrintedRatio::Statutory, "{text}");
    }
    for text in ["", "　 "] {
        assert_eq!(read(text), PrintedRatio::Absent, "{text:?}");
    }
    // 「7割」 is the insurer's part; nobody turns it round.
    for text in ["7割", "8割給付", "25%", "2割5分", "030%x", "300", "-2", "割", "%", "法定"]
    {
        assert_eq!(PrintedRatio::parse(text), None, "{text}");
    }
}

#[test]
fn limit_classes_are_read_by_code_and_name_and_nothing_else_passes_for_one() {
    for class in LimitClass::ALL.iter().copied() {
        let read = |text: &str| PrintedLimitClass::parse(text).and_then(PrintedLimitClass::class);
        assert_eq!(read(class.code()), Some(class));
        assert_eq!(read(class.printed()), Some(class));
    }
    let code = |text| PrintedLimitClass::parse(text).and_then(|c| c.class()).map(LimitClass::code);
    for (text, expected) in
        [("区分ウ", "A03"), ("ｳ", "A03"), ("a03", "A03"), ("現役並みII", "B02"), ("区分Ⅱ", "B05")]
    {
        assert_eq!(code(text), Some(expected), "{text}");
    }
    assert_eq!(PrintedLimitClass::parse("＊"), Some(PrintedLimitClass::Star));
    assert_eq!(PrintedLimitClass::parse(" "), Some(PrintedLimitClass::Absent));
    for text in ["カ", "Ⅱ", "A07", "区分"] {
        assert_eq!(PrintedLimitClass::parse(text), None, "{text}");
    }
}

fn typed(items: &[(Item, &str)]) -> TypedItems {
    items.iter().map(|(item, text)| (*item, (*text).to_owned())).collect()
}

/// Somebody of 45 with a notice's cut-out of 協会けんぽ.
fn cut_out() -> TypedItems {
    typed(&[
        (Item::InsurerNumber, "01130012"),
        (Item::Symbol, "17010203"),
        (Item::Number, "123"),
        (Item::Branch, "１"),
        (Item::Name, "見本　太郎"),
        (Item::Birth, "S56.4.1"),
        (Item::Relation, "本人"),
        (Item::ValidFrom, "令和2年4月1日"),
        (Item::Kana, "ミホン　タロウ"),
    ])
}

fn codes(typed: &TypedItems, id: &str, part: Part) -> Vec<String> {
    let reading = Reading::of(typed, part, layout(id, part), TODAY);
    reading.questions.into_iter().map(Question::code).collect()
}

#[test]
fn missing_sex_and_ratio_are_asked_for_and_never_guessed() {
    let items = cut_out();
    let reading = Reading::of(&items, Part::CutOut, layout("kyokai", Part::CutOut), TODAY);
    assert_eq!((reading.paper.sex, reading.paper.ratio), (Sex::Unstated, PrintedRatio::Absent));
    assert_eq!(reading.paper.branch, Branch::from_value(1));
    let asked: Vec<_> = reading.questions.iter().map(|question| question.code()).collect();
    assert_eq!(asked, ["sex_not_on_paper", "ratio_not_on_paper"]);
    for question in reading.questions {
        assert!(!question.ja().is_empty() && question.en().is_ascii());
    }
    // The whole sheet bears the share: nothing typed there is something left out.
    assert_eq!(codes(&items, "kyokai", Part::Notice), ["sex_missing", "ratio_missing"]);
}

#[test]
fn a_paper_typed_in_full_leaves_nothing_to_ask() {
    let mut items = cut_out();
    items.extend(typed(&[(Item::Sex, "男"), (Item::Ratio, "3割")]));
    assert_eq!(codes(&items, "kyokai", Part::CutOut), Vec::<String>::new());
    items.extend(typed(&[
        (Item::InsurerNumber, "39131008"),
        (Item::Symbol, ""),
        (Item::Branch, ""),
        (Item::Relation, ""),
        (Item::Number, "１２３４５６７８"),
        (Item::Birth, "昭和15年3月3日"),
        (Item::Ratio, "1割"),
        (Item::RatioFrom, "令和8年8月1日"),
        (Item::ValidTo, "令和9年7月31日"),
    ]));
    assert_eq!(codes(&items, "koki", Part::Certificate), Vec::<String>::new());
}

#[test]
fn a_star_is_a_value_and_the_statutory_words_hold_below_seventy_only() {
    let mut items = cut_out();
    items.extend(typed(&[
        (Item::InsurerNumber, "133033"),
        (Item::Sex, "2"),
        (Item::Ratio, "法定負担割合のとおり"),
        (Item::LimitClass, "＊"),
        (Item::ValidTo, "2027-03-31"),
    ]));
    assert_eq!(codes(&items, "kokuho_kumiai", Part::Certificate), Vec::<String>::new());
    items.insert(Item::Birth, "S30.4.1".into());
    assert_eq!(codes(&items, "kokuho_kumiai", Part::Certificate), ["ratio_statutory_not_enough"]);
    items.insert(Item::Ratio, "2割".into());
    assert_eq!(codes(&items, "kokuho_kumiai", Part::Certificate), ["ratio_from_missing"]);
    items.insert(Item::Ratio, "*".into());
    assert_eq!(codes(&items, "kokuho_kumiai", Part::Certificate), ["ratio_missing"]);
}

#[test]
fn what_brings_a_claim_back_is_seen_before_the_visit_is_closed() {
    let mut whole = cut_out();
    whole.extend(typed(&[(Item::Sex, "男"), (Item::Ratio, "3割")]));
    let with = |item: Item, text: &str| {
        let mut items = whole.clone();
        items.insert(item, text.into());
        codes(&items, "kyokai", Part::CutOut)
    };
    for (item, text, expected) in [
        (Item::InsurerNumber, "01130013", "insurer_number_to_confirm"),
        (Item::InsurerNumber, "0113", "insurer_number_to_confirm"),
        (Item::InsurerNumber, "x", "insurer_number_unreadable"),
        (Item::Number, "", "number_missing"),
        (Item::Number, "12●4", "number_to_confirm"),
        (Item::Branch, "001", "branch_unreadable"),
        (Item::Branch, "", "branch_missing"),
        (Item::Relation, "", "relation_missing"),
        (Item::Birth, "S56.4", "birth_unreadable"),
        (Item::Birth, "平成31年5月1日", "birth_to_confirm"),
        (Item::Birth, "2027-01-01", "birth_out_of_order"),
        (Item::Birth, "S20.1.1", "insurer_number_late_stage"),
        (Item::Sex, "裏面参照", "sex_not_on_paper"),
        (Item::Sex, "x", "sex_unreadable"),
        (Item::Ratio, "7割", "ratio_unreadable"),
        (Item::ValidTo, "2026-11-21", "valid_to_over"),
        (Item::ValidFrom, "2026-11-23", "valid_from_not_yet"),
        (Item::RatioFrom, "2026-12-01", "ratio_from_not_yet"),
        (Item::LimitFrom, "2026-12-01", "limit_from_not_yet"),
    ] {
        let asked = with(item, text);
        assert!(asked.iter().any(|code| code == expected), "{item:?} {text:?}: {asked:?}");
    }
    assert_eq!(with(Item::ValidTo, "2026-11-22"), Vec::<String>::new());
    let mut late = whole.clone();
    late.extend(typed(&[(Item::InsurerNumber, "39131008"), (Item::Birth, "S15.3.3")]));
    let asked = codes(&late, "koki", Part::Certificate);
    for code in ["symbol_not_of_scheme", "number_not_of_scheme"] {
        assert!(asked.iter().any(|asked| asked == code), "{code}: {asked:?}");
    }
}

fn draft() -> PaperDraft {
    PaperDraft {
        identity: Identity {
            insurer: InsurerNumber::from_value(1_130_012).unwrap(),
            symbol: "17010203".into(),
            number: "123".into(),
            branch: Branch::from_value(1),
        },
        name: "見本　太郎".into(),
        kana: "ミホン　タロウ".into(),
        birth: date(1981, 4, 1),
        sex: Sex::Male,
        relation: Relation::Insured,
        values: PrintedValues { ratio: PrintedRatio::parse("3割").unwrap(), ..Default::default() },
        valid_from: date(2020, 4, 1),
        valid_to: Some(date(2027, 7, 31)),
    }
}

fn settle(draft: PaperDraft, id: &str, kind: DocumentKind) -> Result<PaperToIssue, Unfit> {
    draft.settle(kind, layout(id, kind.into()), TODAY, [7; 6])
}

#[test]
fn a_code_never_tells_more_than_its_paper() {
    let endless = PaperDraft { valid_to: None, ..draft() };
    let claims = settle(endless, "shigaku", DocumentKind::Notice).unwrap().claims;
    assert_eq!(claims.sex, Sex::Unstated);
    assert_eq!(claims.burden, Percent::new(30));
    let certificate = settle(draft(), "shigaku", DocumentKind::Certificate).unwrap();
    assert_eq!(certificate.claims.sex, Sex::Male);
    let statutory = PaperDraft {
        values: PrintedValues {
            ratio: PrintedRatio::Statutory,
            limit_class: PrintedLimitClass::Star,
            ..Default::default()
        },
        ..draft()
    };
    let paper = settle(statutory, "kokuho_kumiai", DocumentKind::Certificate).unwrap();
    assert_eq!((paper.claims.burden, paper.claims.limit_class), (None, None));
    assert_eq!(paper.values.ratio.to_string(), "法定負担割合のとおり");
}

#[test]
fn a_row_that_its_layout_cannot_go_out_with_is_named() {
    let refused = |draft, id, kind| settle(draft, id, kind).unwrap_err();
    let unfit = |item, why| Unfit { item, why };
    let certificate = DocumentKind::Certificate;
    let unstated = PaperDraft { sex: Sex::Unstated, ..draft() };
    assert_eq!(refused(unstated, "shigaku", certificate), unfit(Item::Sex, UnfitWhy::Missing));
    let endless = PaperDraft { valid_to: None, ..draft() };
    assert_eq!(
        refused(endless, "shi_kokuho", certificate),
        unfit(Item::ValidTo, UnfitWhy::Missing)
    );
    for id in ["shigaku", "kyokai"] {
        // Left out, the last day would let the paper hold for ever.
        let kept = unfit(Item::ValidTo, UnfitWhy::NotBorne);
        assert_eq!(refused(draft(), id, DocumentKind::Notice), kept);
    }
    let long = |last| PaperDraft { valid_to: Some(last), ..draft() };
    assert_eq!(
        refused(long(date(2028, 7, 31)), "shi_kokuho", certificate),
        unfit(Item::ValidTo, UnfitWhy::TooLate)
    );
    assert!(settle(long(date(2031, 11, 22)), "kenpo_a", certificate).is_ok());
    assert!(settle(long(date(2031, 11, 23)), "kenpo_a", certificate).is_err());
    assert_eq!(
        refused(long(date(2026, 11, 21)), "kenpo_a", certificate),
        unfit(Item::ValidTo, UnfitWhy::OutOfOrder)
    );
    let unborn = PaperDraft { birth: date(2026, 11, 23), ..draft() };
    assert_eq!(refused(unborn, "kenpo_a", certificate), unfit(Item::Birth, UnfitWhy::OutOfOrder));
    let elder = PaperDraft { birth: date(1955, 4, 1), valid_to: None, ..draft() };
    assert_eq!(
        refused(elder.clone(), "shi_kokuho", DocumentKind::Notice),
        unfit(Item::ValidTo, UnfitWhy::Missing)
    );
    let elder = PaperDraft { valid_to: Some(date(2027, 7, 31)), ..elder };
    assert_eq!(
        refused(elder, "shi_kokuho", certificate),
        unfit(Item::RatioFrom, UnfitWhy::Missing)
    );
}

/// Field D10: share and last day hold from the month after the 70th birthday, and the notice is there before.
#[test]
fn a_notice_sent_ahead_of_the_70th_birthday_may_bear_its_last_day() {
    let ahead = PaperDraft {
        birth: date(1956, 12, 10), // 70 from 2027-01-01 on
        values: PrintedValues { ratio_from: Some(date(2027, 1, 1)), ..draft().values },
        valid_to: Some(date(2027, 7, 31)),
        ..draft()
    };
    let notice = |draft| settle(draft, "shi_kokuho", DocumentKind::Notice);
    let kept = notice(ahead.clone()).map(|paper| paper.claims.valid_to);
    assert_eq!(kept, Ok(Some(date(2027, 7, 31))));
    let by_its_last_day = PaperDraft { values: draft().values, ..ahead.clone() };
    assert!(notice(by_its_last_day.clone()).is_ok());
    let before = PaperDraft { valid_to: Some(date(2026, 12, 31)), ..by_its_last_day.clone() };
    assert!(notice(before.clone()).is_err(), "69 to its last day");
    let insured_at_70 = PaperDraft { valid_from: date(2027, 1, 1), ..by_its_last_day };
    assert!(notice(insured_at_70).is_ok());
    let long_ago =
        PaperDraft { birth: date(1949, 1, 1), valid_from: date(2020, 4, 1), ..ahead.clone() };
    assert!(notice(long_ago).is_err(), "that somebody of 77 was once 70 is no reason");
    let share_for_a_year = PaperDraft { valid_to: Some(date(2027, 12, 31)), ..ahead.clone() };
    assert!(notice(share_for_a_year).is_ok(), "a year from the share's first day");
    let longer = PaperDraft { valid_to: Some(date(2028, 1, 2)), ..ahead };
    assert_eq!(notice(longer), Err(Unfit { item: Item::ValidTo, why: UnfitWhy::TooLate }));
}

#[test]
fn a_first_day_that_the_layout_does_not_bear_is_not_printed() {
    let values = PrintedValues {
        ratio_from: Some(date(2026, 8, 1)),
        limit_class: PrintedLimitClass::parse("ウ").unwrap(),
        limit_from: Some(date(2026, 9, 1)),
        ..draft().values
    };
    let days = |never: &str| {
        let profiles = parse_one(&format!("{PLAIN}\nno = [{never}]"), "").unwrap();
        let layout = profiles.named("generic").unwrap().layout(Part::Certificate).unwrap();
        let draft = PaperDraft { values, ..draft() };
        let values = draft.settle(DocumentKind::Certificate, layout, TODAY, [7; 6]).unwrap().values;
        assert!(values.ratio.percent().is_some() && values.limit_class.class().is_some());
        (values.ratio_from.is_some(), values.limit_from.is_some())
    };
    assert_eq!(days(""), (true, true));
    assert_eq!(days("\"ratio_from\""), (false, true));
    assert_eq!(days("\"limit_from\""), (true, false));
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,24}",
        "[0-9０-９]{0,12}",
        "[SHRT昭平令][0-9元]{1,2}[.年][0-9]{1,2}[.月][0-9]{1,2}日?",
        "[1-3１-３]割|\\*|男|女|本人|家族|法定負担割合のとおり",
    ]
}

fn any_paper() -> impl Strategy<Value = (usize, Part, TypedItems)> {
    let part = prop::sample::select(vec![Part::Certificate, Part::Notice, Part::CutOut]);
    let items = prop::collection::btree_map(prop::sample::select(Item::ALL), any_text(), 0..20);
    (0_usize..9, part, items)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn what_was_not_typed_has_no_value_and_what_a_visit_needs_is_asked((at, part, items) in any_paper()) {
        let profile = LayoutProfiles::built_in().unwrap().all().nth(at).unwrap();
        let layout = profile.layout(part).unwrap_or(layout("generic", part));
        let Reading { paper, questions } = Reading::of(&items, part, layout, TODAY);
        let silent = |item| items.get(&item).is_none_or(|text| text.trim().is_empty());
        let asked = |item| questions.iter().any(|question| question.item == item);
        if silent(Item::Sex) {
            prop_assert!(paper.sex == Sex::Unstated && asked(Item::Sex));
        }
        if silent(Item::Ratio) {
            prop_assert!(paper.ratio == PrintedRatio::Absent && asked(Item::Ratio));
        }
        prop_assert!(paper.relation.is_none() || !silent(Item::Relation));
        prop_assert!(paper.birth.is_some() || asked(Item::Birth));
        prop_assert!(paper.insurer.is_some() || asked(Item::InsurerNumber));
        prop_assert!(!paper.number.is_empty() || asked(Item::Number));
        for (item, day) in [(Item::ValidTo, paper.valid_to), (Item::RatioFrom, paper.ratio_from)] {
            prop_assert!(day.is_none() || !silent(item));
        }
        let mut once = questions.clone();
        once.dedup();
        prop_assert_eq!(once, questions);
    }

    #[test]
    fn values_survive_being_printed_and_typed_again(text in any_text()) {
        if let Some(ratio) = PrintedRatio::parse(&text) {
            prop_assert_eq!(PrintedRatio::parse(&ratio.to_string()), Some(ratio));
        }
        if let Some(class) = PrintedLimitClass::parse(&text) {
            prop_assert_eq!(PrintedLimitClass::parse(&class.to_string()), Some(class));
        }
        let _ = (parse_printed_sex(&text), parse_printed_relation(&text), ExpiryHabit::parse(&text));
        let _ = LayoutProfiles::parse(&text);
    }

    #[test]
    fn a_habit_that_wants_a_day_knows_the_latest(years in 0_i16..100, ahead in 0_i32..2_000) {
        let issued = TODAY.saturating_add(jiff::Span::new().days(ahead));
        let birth = date(issued.year() - years, 3, 1);
        for profile in LayoutProfiles::built_in().unwrap().all() {
            for part in [Part::Certificate, Part::Notice, Part::CutOut] {
                let Some(layout) = profile.layout(part) else { continue };
                let latest = layout.expiry.latest(issued, None);
                prop_assert!(!layout.expiry.wants_a_day(birth, issued) || latest.is_some());
            }
        }
    }
}
