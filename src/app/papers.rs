//! Paper for the counter: the same answer, the same words, with the journal's mark.

use super::{
    Appliance,
    error::{AppError, rule},
    views::{Checked, DrugView},
};
use crate::{
    disaster::recent::recent,
    domain::{
        insured::{Branch, Identity},
        insurer_number::InsurerNumber,
    },
    journal::{Event, PersonRef, ViewerRole},
    limits::{JAHIS_SYMBOL_BYTES_MAX, REMEMBERED_MAX},
    messages, notebook,
    print::{self, AskedFor, DrugSheet, Printed},
};
use std::{collections::VecDeque, sync::PoisonError};

/// The last few answers and drug views, kept in memory so that they can be printed. Nothing of it is on the disk.
#[derive(Default)]
pub struct Remembered {
    answers: VecDeque<Checked>,
    views: VecDeque<(String, DrugView)>,
}

fn push<T>(queue: &mut VecDeque<T>, item: T) {
    if queue.len() >= REMEMBERED_MAX {
        queue.pop_front();
    }
    queue.push_back(item);
}

impl Appliance {
    pub(super) fn remember_answer(&self, checked: &Checked) {
        push(
            &mut self.remembered.lock().unwrap_or_else(PoisonError::into_inner).answers,
            checked.clone(),
        );
    }

    pub(super) fn remember_view(&self, handle: &str, view: &DrugView) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.views.retain(|(held, _)| held != handle);
        push(&mut remembered.views, (handle.to_owned(), view.clone()));
    }

    pub(super) fn forget_views(&self) {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner).views.clear();
    }

    /// A recent answer by its journal entry.
    #[must_use]
    pub fn checked(&self, entry: u64) -> Option<Checked> {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.answers.iter().find(|checked| checked.journal_entry == entry).cloned()
    }

    /// The slip for a recent answer.
    pub fn answer_slip(&self, entry: u64) -> Result<Printed, AppError> {
        let checked = self.checked(entry).ok_or(rule(&messages::SLIP_GONE))?;
        let subject = checked.subject.as_ref();
        let identity = subject.and_then(|s| {
            Some(Identity {
                insurer: InsurerNumber::parse(&s.insurer_number).ok()?.value,
                symbol: s.symbol.clone(),
                number: s.number.clone(),
                branch: s.branch.as_deref().and_then(Branch::parse),
            })
        });
        let who = AskedFor {
            identity,
            birth: subject.map(|s| s.birth),
            name: subject.map(|s| s.name.clone()),
            claim: checked.claim.clone(),
        };
        let facility = &self.keys.identity.facility_name;
        let mark = format!("{}-{}", checked.journal_entry, checked.journal_mark);
        let printed =
            print::answer_slip(&checked.answer, &who, facility, checked.answered_at, &mark)?;
        let person = who.identity.as_ref().map(|identity| PersonRef::new(identity, who.birth));
        self.journal.append(self.now(), &Event::Printed { what: "answer_slip".into(), person })?;
        Ok(printed)
    }

    /// The sheet for a drug history that was read with this handle, with JAHIS symbols any pharmacy's reader takes.
    pub fn drug_sheet(&self, handle: &str) -> Result<Printed, AppError> {
        let _alone = self.relief();
        let window = self.window()?; // a view kept in memory must not outlive the window
        let view = {
            let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
            remembered.views.iter().find(|(held, _)| held == handle).map(|(_, view)| view.clone())
        };
        let view = view.ok_or(rule(&messages::SHEET_GONE))?;
        let record = self.chosen_person(handle)?;
        self.need_consent(&record, &window)?; // nor the consent
        let viewer = format!("{}（{}）", view.viewer.name, role_ja(view.viewer.role));
        let order_number = view.order.to_string();
        let patient = notebook::SheetPatient {
            name: &view.name,
            kana: &view.kana,
            sex: view.sex,
            birth: view.birth,
        };
        let (since, dispensings) =
            recent(&view.dispensings).ok_or(rule(&messages::NO_DRUG_RECORDS))?;
        let written = notebook::write_drug_sheet(&patient, &dispensings, JAHIS_SYMBOL_BYTES_MAX)?;
        let sheet = DrugSheet {
            name: &view.name,
            kana: &view.kana,
            sex: view.sex,
            birth: view.birth,
            dispensings: &dispensings,
            since,
            source: &view.source,
            order_number: &order_number,
            viewer: &viewer,
            facility: &self.keys.identity.facility_name,
            read_at: view.read_at,
            qr_parts: &written.parts,
        };
        let printed = print::drug_sheet(&sheet)?;
        let person = Some(PersonRef::from(&record));
        self.journal.append(self.now(), &Event::Printed { what: "drug_sheet".into(), person })?;
        Ok(printed)
    }
}

fn role_ja(role: ViewerRole) -> &'static str {
    match role {
        ViewerRole::Doctor => "医師",
        ViewerRole::Dentist => "歯科医師",
        ViewerRole::Pharmacist => "薬剤師",
        ViewerRole::Named => "被選定者",
    }
}
