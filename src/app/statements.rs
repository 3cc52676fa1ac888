//! 申立書: taken at the counter, printed, kept sealed with the visit, and destroyed when the claim is paid.

use super::{
    Appliance, Question,
    error::{AppError, rule},
};
use crate::{
    domain::{
        burden::Percent,
        claim::Contact,
        person::Sex,
        shown::{DisasterOral, InsurerClue, Shown},
        statement::{InsuranceKind, KeptStatement, Statement},
        time::{Reading, Stamp},
    },
    journal::Event,
    limits::{
        STATEMENT_BYTES_MAX, STATEMENT_FIELD_CHARS_MAX, STATEMENT_REMIND_DAYS, STATEMENTS_MAX,
    },
    messages,
    print::{self, Printed},
    sys::DiskError,
};
use minicbor::{Decode, Encode};
use serde::Serialize;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Bytes of the moment that stands in the clear in front of each sealed statement, so that nobody opens it to tell its age.
const MOMENT_BYTES: usize = 8;

/// A statement as it lies sealed on the disk. A key once given never gets another meaning.
#[derive(Encode, Decode)]
struct Sheet {
    #[n(0)]
    name: String,
    #[n(1)]
    kana: String,
    #[n(2)]
    birth: String,
    #[n(3)]
    sex: u8,
    #[n(4)]
    address: String,
    #[n(5)]
    phone: String,
    #[n(6)]
    employer: String,
    #[n(7)]
    union: String,
    #[n(8)]
    kind: String,
    #[n(9)]
    insurer_name: String,
    #[n(10)]
    share: Option<u8>,
}

/// How many statements wait here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StatementsStatus {
    /// Kept.
    pub kept: usize,
    /// Of them, so old that the claim must be paid: check, and destroy them.
    pub due: usize,
}

/// A statement that was taken: its number, and the form to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenStatement {
    /// Its number here.
    pub number: u64,
    /// The form.
    pub form: Printed,
}

impl Appliance {
    /// Keeps a statement and prints the form. It is sealed on the disk before this returns.
    ///
    /// # Errors
    /// A field that is too long; too many kept; the disk.
    pub fn take_statement(
        &self,
        statement: &Statement,
        visit: Option<u64>,
    ) -> Result<TakenStatement, AppError> {
        fits(statement)?;
        if self.statement_numbers()?.len() >= STATEMENTS_MAX {
            return Err(rule(&messages::STATEMENTS_FULL));
        }
        let now = self.now();
        let number = self.journal.append(now, &Event::StatementTaken { visit })?.sequence;
        let form = self.print_statement(statement, now.at, number)?;
        self.keep_statement(statement, now.at, number)?;
        Ok(TakenStatement { number, form })
    }

    /// Keeps the four items just taken down (災害時の聞き取り) as a statement, under the number of the answer's entry: claim and
    /// later verification need them.
    pub(super) fn keep_four_items(
        &self,
        question: &Question,
        number: u64,
        now: Reading,
    ) -> Result<Option<u64>, AppError> {
        let last = question.told.last().and_then(|told| told.shown.as_ref());
        let Some(Shown::DisasterOral(items)) = last else { return Ok(None) };
        self.keep_statement(&of_items(items), now.at, number)?;
        Ok(Some(number))
    }

    fn keep_statement(
        &self,
        statement: &Statement,
        taken_at: Stamp,
        number: u64,
    ) -> Result<(), AppError> {
        let plain = Zeroizing::new(Sheet::of(statement).to_bytes());
        let place = place(number, taken_at);
        let sealed = self.keys.statements.seal_boxed(&*self.dice, &place, &plain)?;
        self.disk.make_dir(&self.layout.statements())?;
        let bytes = [&taken_at.0.to_be_bytes()[..], &sealed].concat();
        Ok(self.disk.replace(&self.statement_path(number), &bytes)?)
    }

    /// The form of a kept statement once more.
    pub fn statement_form(&self, number: u64) -> Result<Printed, AppError> {
        let (statement, taken_at) = self.read_statement(number)?;
        self.print_statement(&statement, taken_at, number)
    }

    /// What is kept, oldest first; of each its number and age, nothing of what it says. One that cannot be read is due at once.
    pub fn kept_statements(&self) -> Result<Vec<KeptStatement>, AppError> {
        let today = self.now().at;
        let kept = self.statement_numbers()?.into_iter().map(|number| {
            let moment = self.read_sealed(number).ok().map(|(taken_at, _)| taken_at);
            let due = moment.is_none_or(|at| is_old(at, today));
            KeptStatement { number, taken_at: moment, due }
        });
        Ok(kept.collect())
    }

    /// Destroys a statement once the claim is paid. Who did it is written down first.
    pub fn destroy_statement(&self, number: u64, by: &str) -> Result<(), AppError> {
        let by = by.trim();
        if by.is_empty() || by.chars().count() > STATEMENT_FIELD_CHARS_MAX {
            return Err(rule(&messages::STATEMENT_NAMELESS));
        }
        if self.disk.length(&self.statement_path(number))?.is_none() {
            return Err(rule(&messages::STATEMENT_UNKNOWN));
        }
        self.journal.append(self.now(), &Event::StatementDestroyed { number, by: by.into() })?;
        Ok(self.disk.remove(&self.statement_path(number))?)
    }

    /// How many are kept and how many are due.
    #[must_use]
    pub fn statements_status(&self) -> StatementsStatus {
        let kept = self.kept_statements().unwrap_or_default();
        let due = kept.iter().filter(|statement| statement.due).count();
        StatementsStatus { kept: kept.len(), due }
    }

    fn print_statement(
        &self,
        statement: &Statement,
        taken_at: Stamp,
        number: u64,
    ) -> Result<Printed, AppError> {
        let facility = &self.keys.identity.facility_name;
        Ok(print::statement_sheet(statement, facility, taken_at, number)?)
    }

    fn read_statement(&self, number: u64) -> Result<(Statement, Stamp), AppError> {
        let damaged = || rule(&messages::STATEMENT_DAMAGED);
        let (taken_at, sealed) = self.read_sealed(number)?;
        let opened = self.keys.statements.open_boxed(&place(number, taken_at), &sealed);
        let plain = opened.map(Zeroizing::new).map_err(|_| damaged())?;
        Ok((Sheet::read(&plain).ok_or_else(damaged)?.settle(), taken_at))
    }

    fn read_sealed(&self, number: u64) -> Result<(Stamp, Vec<u8>), AppError> {
        let bytes = match self.disk.read(&self.statement_path(number), STATEMENT_BYTES_MAX) {
            Err(DiskError::Missing(_)) => return Err(rule(&messages::STATEMENT_UNKNOWN)),
            read => read?,
        };
        let (moment, sealed) = parts(&bytes).ok_or(rule(&messages::STATEMENT_DAMAGED))?;
        Ok((moment, sealed.to_vec()))
    }

    fn statement_path(&self, number: u64) -> PathBuf {
        self.layout.statements().join(format!("{number}.sealed"))
    }

    fn statement_numbers(&self) -> Result<Vec<u64>, AppError> {
        let paths = match self.disk.list(&self.layout.statements()) {
            Err(DiskError::Missing(_)) => vec![],
            listed => listed?,
        };
        let number = |path: PathBuf| {
            let name = path.file_name()?.to_str()?;
            name.strip_suffix(".sealed")?.parse::<u64>().ok()
        };
        let mut numbers: Vec<_> = paths.into_iter().filter_map(number).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }
}

/// The moment, and what is sealed behind it.
fn parts(bytes: &[u8]) -> Option<(Stamp, &[u8])> {
    let (moment, sealed) = bytes.split_first_chunk::<MOMENT_BYTES>()?;
    Some((Stamp(i64::from_be_bytes(*moment)), sealed))
}

fn is_old(taken_at: Stamp, today: Stamp) -> bool {
    today.days_since(taken_at) >= STATEMENT_REMIND_DAYS
}

/// For the fuzz target: a statement's file, and its sheet as it is once opened.
#[cfg(any(test, feature = "fuzzing"))]
pub(super) fn probe(bytes: &[u8]) {
    let _ = parts(bytes).map(|(moment, _)| is_old(moment, Stamp(1_795_316_400)));
    let statement = Sheet::read(bytes).map(Sheet::settle);
    let _ = statement.map(|statement| (fits(&statement), Sheet::of(&statement).to_bytes()));
}

#[cfg(test)]
#[test]
fn no_seed_of_a_statement_and_nothing_near_it_makes_reading_panic() {
    let statement = Statement {
        name: "架空 花子".into(),
        kana: "カクウ ハナコ".into(),
        birth: Some(jiff::civil::date(1950, 1, 31)),
        sex: Sex::Female,
        contact: Contact { address: "石川県架空市１丁目".into(), ..Contact::default() },
        kind: Some(InsuranceKind::National),
        insurer_name: String::new(),
        share: None,
    };
    let sheet = Sheet::of(&statement).to_bytes();
    let file = [&1_795_316_400_i64.to_be_bytes()[..], b"sealed"].concat();
    let before_all_time = i64::MIN.to_be_bytes().to_vec();
    let seeds = [("sheet", sheet), ("file", file), ("before-all-time", before_all_time)];
    crate::sys::corpus::replay("statement", &seeds, probe);
}

/// Says where a statement belongs, so that it opens nowhere else.
fn place(number: u64, taken_at: Stamp) -> Vec<u8> {
    format!("statement {number} of {}", taken_at.0).into_bytes()
}

/// The four items as far as a statement has a field for them.
fn of_items(items: &DisasterOral) -> Statement {
    let (kind, employer, address, union) = match &items.insurer {
        InsurerClue::Employees { employer, address } => {
            (InsuranceKind::Employees, employer.clone(), address.clone(), None)
        }
        InsurerClue::National { address, union } => {
            let kind = match union {
                Some(_) => InsuranceKind::NationalUnion,
                None => InsuranceKind::National,
            };
            (kind, String::new(), Some(address.clone()), union.clone())
        }
        InsurerClue::LateStage { address } => {
            (InsuranceKind::LateStage, String::new(), Some(address.clone()), None)
        }
    };
    Statement {
        name: items.name.clone(),
        kana: String::new(),
        birth: Some(items.birth),
        sex: Sex::Unstated,
        contact: Contact {
            address: address.unwrap_or_default(),
            employer,
            union: union.unwrap_or_default(),
            phone: items.contact.clone(),
        },
        kind: Some(kind),
        insurer_name: String::new(),
        share: None,
    }
}

fn fits(statement: &Statement) -> Result<(), AppError> {
    let Contact { address, employer, union, phone } = &statement.contact;
    let fields = [
        &statement.name,
        &statement.kana,
        &statement.insurer_name,
        address,
        employer,
        union,
        phone,
    ];
    let fit = |field: &&String| {
        field.chars().count() <= STATEMENT_FIELD_CHARS_MAX && !field.chars().any(char::is_control)
    };
    if !fields.iter().all(fit) {
        return Err(rule(&messages::VALUE_UNREADABLE));
    }
    if statement.name.trim().is_empty() && statement.kana.trim().is_empty() {
        return Err(rule(&messages::STATEMENT_NAMELESS));
    }
    Ok(())
}

impl Sheet {
    fn of(statement: &Statement) -> Self {
        let Contact { address, employer, union, phone } = statement.contact.clone();
        Self {
            name: statement.name.clone(),
            kana: statement.kana.clone(),
            birth: statement.birth.map(|day| day.to_string()).unwrap_or_default(),
            sex: match statement.sex {
                Sex::Unstated => 0,
                Sex::Male => 1,
                Sex::Female => 2,
            },
            address,
            phone,
            employer,
            union,
            kind: statement.kind.map(InsuranceKind::code).unwrap_or_default().into(),
            insurer_name: statement.insurer_name.clone(),
            share: statement.share.map(Percent::value),
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        minicbor::decode(bytes).ok()
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![];
        // Writing into a `Vec` cannot fail.
        let _ = minicbor::encode(self, &mut bytes);
        bytes
    }

    fn settle(self) -> Statement {
        Statement {
            name: self.name,
            kana: self.kana,
            birth: self.birth.parse().ok(),
            sex: match self.sex {
                1 => Sex::Male,
                2 => Sex::Female,
                _ => Sex::Unstated,
            },
            contact: Contact {
                address: self.address,
                employer: self.employer,
                union: self.union,
                phone: self.phone,
            },
            kind: InsuranceKind::from_code(&self.kind),
            insurer_name: self.insurer_name,
            share: self.share.and_then(Percent::new),
        }
    }
}
