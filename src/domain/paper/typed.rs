//! A paper typed at the counter: what it says, and what must be asked. Nothing that was not typed gets a value.

use super::{
    expiry::ExpiryHabit,
    item::{Borne, Item, Part},
    profile::PartLayout,
    question::{Ask, Question},
    values::{PrintedLimitClass, PrintedRatio, parse_printed_relation, parse_printed_sex},
};
use crate::domain::{
    burden::{AgeClass, age_class},
    insured::Branch,
    insurer_number::{InsurerNumber, Scheme},
    person::{Relation, Sex},
    wareki,
    warning::Warning,
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The items as typed; what was not typed is not there, or empty.
pub type TypedItems = BTreeMap<Item, String>;

/// 記号 and 番号 are at most 38 bytes in a claim (codes-and-formats 2): 19 full-width characters, 38 others.
const NUMBER_BYTES_MAX: usize = 38;
/// 後期高齢者医療の被保険者番号 (codes-and-formats 2).
const LATE_STAGE_DIGITS: usize = 8;

/// What a paper says. Unsigned: nobody but the person who typed it vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedPaper {
    /// Which paper, or part of it.
    pub part: Part,
    /// 保険者番号.
    pub insurer: Option<InsurerNumber>,
    /// 記号 as typed; empty where there is none.
    pub symbol: String,
    /// 番号 as typed; empty where it was not.
    pub number: String,
    /// 枝番.
    pub branch: Option<Branch>,
    /// 氏名 as typed.
    pub name: String,
    /// フリガナ as typed.
    pub kana: String,
    /// 生年月日.
    pub birth: Option<Date>,
    /// 性別.
    pub sex: Sex,
    /// 本人・家族.
    pub relation: Option<Relation>,
    /// 負担割合.
    pub ratio: PrintedRatio,
    /// 発効期日 of the share.
    pub ratio_from: Option<Date>,
    /// 限度額適用区分.
    pub limit_class: PrintedLimitClass,
    /// 発効期日 of the class.
    pub limit_from: Option<Date>,
    /// 資格取得日.
    pub valid_from: Option<Date>,
    /// 交付日.
    pub issued_on: Option<Date>,
    /// 有効期限.
    pub valid_to: Option<Date>,
}

/// A typed paper, and what to ask before the visit is closed (field, last section, 11), in the order of the paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What it says.
    pub paper: TypedPaper,
    /// What to ask; empty where nothing is left open.
    pub questions: Vec<Question>,
}

impl Reading {
    /// Reads what was typed from a paper of this layout, as of a day.
    #[must_use]
    pub fn of(typed: &TypedItems, part: Part, layout: &PartLayout, on: Date) -> Self {
        let mut desk = Desk { typed, questions: vec![] };
        let paper = desk.read(part);
        let mut questions = desk.questions;
        let unread: Vec<Item> = questions.iter().map(|question| question.item).collect();
        let missing = missing(&paper, layout, on).into_iter();
        questions.extend(missing.filter(|question| !unread.contains(&question.item)));
        questions.extend(of_dates(&paper, layout.expiry, on));
        questions.extend(of_scheme(&paper, on));
        questions.sort_unstable();
        questions.dedup();
        Self { paper, questions }
    }
}

/// Reads item by item and notes what cannot be read.
struct Desk<'a> {
    typed: &'a TypedItems,
    questions: Vec<Question>,
}

impl Desk<'_> {
    fn read(&mut self, part: Part) -> TypedPaper {
        TypedPaper {
            part,
            insurer: self.insurer(),
            symbol: self.number(Item::Symbol),
            number: self.number(Item::Number),
            branch: self.item(Item::Branch, Branch::parse),
            name: self.text(Item::Name).to_owned(),
            kana: self.text(Item::Kana).to_owned(),
            birth: self.day(Item::Birth),
            sex: self.item(Item::Sex, parse_printed_sex).unwrap_or(Sex::Unstated),
            relation: self.item(Item::Relation, parse_printed_relation),
            ratio: self.item(Item::Ratio, PrintedRatio::parse).unwrap_or_default(),
            ratio_from: self.day(Item::RatioFrom),
            limit_class: self.item(Item::LimitClass, PrintedLimitClass::parse).unwrap_or_default(),
            limit_from: self.day(Item::LimitFrom),
            valid_from: self.day(Item::ValidFrom),
            issued_on: self.day(Item::IssuedOn),
            valid_to: self.day(Item::ValidTo),
        }
    }

    fn ask(&mut self, item: Item, ask: Ask) {
        self.questions.push(Question { item, ask });
    }

    fn text(&self, item: Item) -> &str {
        self.typed.get(&item).map_or("", |text| text.trim())
    }

    /// The item as `parse` understands it; nothing where nothing was typed.
    fn item<T>(&mut self, item: Item, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.text(item);
        if text.is_empty() {
            return None;
        }
        let value = parse(text);
        if value.is_none() {
            self.ask(item, Ask::Unreadable);
        }
        value
    }

    fn insurer(&mut self) -> Option<InsurerNumber> {
        let read = self.item(Item::InsurerNumber, |text| InsurerNumber::parse(text).ok())?;
        if !read.warnings.is_empty() {
            self.ask(Item::InsurerNumber, Ask::ToConfirm);
        }
        Some(read.value)
    }

    /// A symbol or number: kept as typed, looked at for its form.
    fn number(&mut self, item: Item) -> String {
        let text = self.text(item).to_owned();
        let width = |c: char| if c.is_ascii() { 1 } else { 2 };
        if text.chars().any(char::is_control) {
            self.ask(item, Ask::Unreadable);
            return String::new();
        }
        if text.chars().map(width).sum::<usize>() > NUMBER_BYTES_MAX || text.contains('●') {
            self.ask(item, Ask::ToConfirm);
        }
        text
    }

    /// A day. One without its month or day is not read: the first of the month would be a guess.
    fn day(&mut self, item: Item) -> Option<Date> {
        let read = self.item(item, |text| {
            let read = wareki::parse(text).ok()?;
            let guessed = [Warning::PartialDate, Warning::FirstYearAssumed];
            let whole = !read.warnings.iter().any(|warning| guessed.contains(warning));
            whole.then_some(read)
        })?;
        if !read.warnings.is_empty() {
            self.ask(item, Ask::ToConfirm);
        }
        Some(read.value)
    }
}

/// What a visit needs (field, last section, 11), and what the paper always bears.
fn missing(paper: &TypedPaper, layout: &PartLayout, on: Date) -> Vec<Question> {
    let open = Item::ALL.iter().filter(|item| is_open(paper, **item));
    let question = |item: &Item| {
        let borne = layout.bears(*item);
        let needed = is_needed(paper, layout, *item, on);
        let ask = if borne == Borne::No { Ask::NotOnPaper } else { Ask::Missing };
        needed.then_some(Question { item: *item, ask })
    };
    open.filter_map(question).collect()
}

/// Whether the paper, as typed, says nothing there.
fn is_open(paper: &TypedPaper, item: Item) -> bool {
    match item {
        Item::InsurerNumber => paper.insurer.is_none(),
        Item::Symbol => paper.symbol.is_empty(),
        Item::Number => paper.number.is_empty(),
        Item::Branch => paper.branch.is_none(),
        Item::Name => paper.name.is_empty(),
        Item::Kana => paper.kana.is_empty(),
        Item::Birth => paper.birth.is_none(),
        Item::Sex => paper.sex == Sex::Unstated,
        Item::Relation => paper.relation.is_none(),
        Item::Ratio => matches!(paper.ratio, PrintedRatio::Absent | PrintedRatio::Star),
        Item::RatioFrom => paper.ratio_from.is_none(),
        Item::LimitClass => paper.limit_class == PrintedLimitClass::Absent,
        Item::LimitFrom => paper.limit_from.is_none(),
        Item::ValidFrom => paper.valid_from.is_none(),
        Item::IssuedOn => paper.issued_on.is_none(),
        Item::ValidTo => paper.valid_to.is_none(),
        // Not typed here: the insurer's name comes with its number, the others decide nothing.
        Item::InsurerName | Item::LongStayFrom | Item::SpecificDisease | Item::Address => false,
    }
}

fn is_needed(paper: &TypedPaper, layout: &PartLayout, item: Item, on: Date) -> bool {
    let always = layout.bears(item) == Borne::Yes;
    let late_stage = paper.insurer.is_some_and(|number| number.scheme() == Scheme::LateStage);
    match item {
        Item::InsurerNumber | Item::Number | Item::Name | Item::Birth | Item::Sex | Item::Ratio => {
            true
        }
        Item::Branch | Item::Relation => !late_stage,
        Item::Symbol => always && !late_stage,
        Item::RatioFrom => {
            let from_70 = paper.birth.is_some_and(|birth| is_elderly(birth, on));
            from_70 && paper.ratio.percent().is_some() && layout.bears(item) != Borne::No
        }
        Item::LimitFrom => {
            paper.limit_class.class().is_some()
                && matches!(layout.bears(item), Borne::Yes | Borne::OnRequest)
        }
        Item::ValidTo => match (paper.part, paper.birth) {
            (Part::Certificate, _) => layout.bears(item) != Borne::No,
            (Part::Notice | Part::CutOut, Some(birth)) => layout.expiry.wants_a_day(birth, on),
            (Part::Notice | Part::CutOut, None) => always,
        },
        _ => always,
    }
}

fn is_elderly(birth: Date, on: Date) -> bool {
    matches!(age_class(birth, on).class, AgeClass::Elderly70 | AgeClass::LateStage75)
}

fn of_dates(paper: &TypedPaper, expiry: ExpiryHabit, on: Date) -> Vec<Question> {
    let mut questions = vec![];
    let mut ask = |item, ask, wrong| {
        if wrong {
            questions.push(Question { item, ask });
        }
    };
    let after = |day: Option<Date>| day.is_some_and(|day| day > on);
    ask(Item::Birth, Ask::OutOfOrder, after(paper.birth));
    ask(Item::RatioFrom, Ask::NotYet, after(paper.ratio_from));
    ask(Item::LimitFrom, Ask::NotYet, after(paper.limit_from));
    ask(Item::ValidFrom, Ask::NotYet, after(paper.valid_from));
    ask(Item::IssuedOn, Ask::NotYet, after(paper.issued_on));
    ask(Item::ValidTo, Ask::Over, paper.valid_to.is_some_and(|day| day < on));
    let earlier = |day: Option<Date>, than: Option<Date>| day.zip(than).is_some_and(|(a, b)| a < b);
    ask(Item::ValidFrom, Ask::OutOfOrder, earlier(paper.valid_from, paper.birth));
    ask(Item::ValidTo, Ask::OutOfOrder, earlier(paper.valid_to, paper.valid_from));
    ask(Item::ValidTo, Ask::OutOfOrder, earlier(paper.valid_to, paper.issued_on));
    // Without a day of issue, that of today is the latest there can be.
    let latest = expiry.latest(paper.issued_on.unwrap_or(on), paper.ratio_from);
    ask(Item::ValidTo, Ask::TooLate, earlier(latest, paper.valid_to));
    questions
}

fn of_scheme(paper: &TypedPaper, on: Date) -> Vec<Question> {
    let mut questions = vec![];
    let mut ask = |item, ask, wrong| {
        if wrong {
            questions.push(Question { item, ask });
        }
    };
    let late_stage = paper.insurer.map(|number| number.scheme() == Scheme::LateStage);
    if late_stage == Some(true) {
        let digits = crate::domain::check::plain_digits(&paper.number);
        let fits = digits.is_ok_and(|digits| digits.len() == LATE_STAGE_DIGITS);
        ask(Item::Number, Ask::NotOfScheme, !fits && !paper.number.is_empty());
        ask(Item::Symbol, Ask::NotOfScheme, !paper.symbol.is_empty());
        ask(Item::Relation, Ask::NotOfScheme, paper.relation == Some(Relation::Family));
    }
    if let Some(birth) = paper.birth {
        let statutory = paper.ratio == PrintedRatio::Statutory;
        ask(Item::Ratio, Ask::StatutoryNotEnough, statutory && is_elderly(birth, on));
        let class = age_class(birth, on).class;
        let elsewhere = late_stage == Some(false) && class == AgeClass::LateStage75;
        ask(Item::InsurerNumber, Ask::LateStage, elsewhere);
    }
    questions
}
