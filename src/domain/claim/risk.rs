//! 返戻: what brings a claim back, as far as it shows at the counter.
//!
//! The causes are those that associations report: used after the loss of eligibility; symbol, number, birth date, sex or
//! name that differ from the register; 本人 and 家族 mixed up; a wrong share; one month on two sheets.

use super::Claimant;
use crate::domain::{
    answer::{Answer, Basis, BurdenSource, Reason, Verdict, worded},
    burden::class_in,
    insurer_number::{InsurerNumber, Scheme},
    names,
    person::{Relation, Sex},
};
use jiff::civil::Date;

worded! {
    /// A reason why a claim comes back (返戻), seen before it is sent.
    ReturnRisk {
        Ended = "ended" "この保険は終わっています。今の保険が分かるまで、この番号で請求しないでください。" "This insurance has ended. Do not claim under this number before the present one is known."
        NotConfirmed = "not_confirmed" "資格を確認できていません。請求の前に、番号をもう一度確かめてください。" "The eligibility is not confirmed. Check the number again before claiming."
        NotOnline = "not_online" "オンラインでは確認していません。喪失していれば返戻になります。つながったら確かめてください。" "Not verified online. If the insurance was lost, the claim comes back: check once the line is back."
        CheckDigit = "check_digit" "保険者番号の検証番号が合いません。写し間違いがないか見てください。" "The insurer number's check digit does not fit. Look for a copying mistake."
        BranchMissing = "branch_missing" "枝番がありません。家族の取り違えで返戻になりやすいので、書類で確かめてください。" "The branch is missing; families get mixed up. Look at the paper."
        RelationDiffers = "relation_differs" "後期高齢者医療に家族はありません。本人・家族の区分を確かめてください。" "There are no family members in the late-stage scheme. Check the kind of claim."
        SexMissing = "sex_missing" "性別が分かりません。本人に確かめて記入してください。" "The sex is not known. Ask the patient."
        NameUnreadable = "name_unreadable" "氏名に表示できない字（●など）があります。書類の字で書いてください。" "The name has a character that could not be shown. Write it as on the paper."
        NameVariant = "name_variant" "氏名に異体字があります。保険者に登録された字体と違うと返戻になります。" "The name has a variant character. If the insurer has another form of it, the claim comes back."
        ShareNotStated = "share_not_stated" "負担割合が書類にも登録にもありません。本人に確かめてください。" "No paper and no register states the share. Ask the patient."
        SharesDiffer = "shares_differ" "負担割合が根拠によって違います。請求の前に保険者に確かめてください。" "The sources give different shares. Ask the insurer before claiming."
        ShareMayHaveChanged = "share_may_have_changed" "年齢の節目か8月1日の判定替えを過ぎています。負担割合が変わっているかもしれません。" "An age limit or the yearly assessment of 1 August was passed: the share may have changed."
        ChangesThisMonth = "changes_this_month" "この月に保険か年齢の区分が変わります。保険者や本人・家族が変わるときは、明細書を分けてください。" "The insurance or the age class changes this month. Where insurer or kind of claim changes, write separate claims."
        OneSheet = "one_sheet" "限度額の区分が月の途中で変わっても、明細書は1枚です。" "One claim a month, even where the limit class changes within it."
    }
}

pub(super) fn risks(claimant: &Claimant, answer: &Answer, on: Date) -> Vec<ReturnRisk> {
    let mut risks: Vec<_> = of_answer(answer).into_iter().collect();
    risks.extend(of_person(claimant));
    risks.extend(of_share(answer));
    risks.extend(of_month(claimant, on));
    risks
}

fn of_answer(answer: &Answer) -> Option<ReturnRisk> {
    match (answer.verdict, answer.basis) {
        (Verdict::NotEligible, _) => Some(ReturnRisk::Ended),
        (Verdict::CannotTell, _) => Some(ReturnRisk::NotConfirmed),
        (Verdict::Eligible, Basis::Live) => None,
        (
            Verdict::Eligible,
            Basis::Certificate
            | Basis::NoticeWithCard
            | Basis::Snapshot
            | Basis::OwnRecord
            | Basis::Nothing,
        ) => Some(ReturnRisk::NotOnline),
    }
}

fn of_person(claimant: &Claimant) -> Vec<ReturnRisk> {
    let identity = &claimant.identity;
    let late_stage = identity.insurer.scheme() == Scheme::LateStage;
    let written = InsurerNumber::parse(&identity.insurer.display_form());
    let found = [
        (written.is_ok_and(|number| !number.warnings.is_empty()), ReturnRisk::CheckDigit),
        (identity.branch.is_none() && !late_stage, ReturnRisk::BranchMissing),
        (late_stage && claimant.relation == Relation::Family, ReturnRisk::RelationDiffers),
        (claimant.sex == Sex::Unstated, ReturnRisk::SexMissing),
        (claimant.name.contains(['●', '■', '〓', '\u{fffd}']), ReturnRisk::NameUnreadable),
        (has_variant(&claimant.name), ReturnRisk::NameVariant),
    ];
    found.into_iter().filter_map(|(found, risk)| found.then_some(risk)).collect()
}

fn has_variant(name: &str) -> bool {
    // Spaces between the names are no variants.
    let plain: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    names::fold_variants(&plain) != plain
}

fn of_share(answer: &Answer) -> Vec<ReturnRisk> {
    let told = |reason, risk| answer.reasons.contains(&reason).then_some(risk);
    let stated = match answer.burden_ratio.source {
        None | Some(BurdenSource::AgeRule | BurdenSource::Declared) => {
            Some(ReturnRisk::ShareNotStated)
        }
        Some(
            BurdenSource::Live
            | BurdenSource::Document
            | BurdenSource::Snapshot
            | BurdenSource::OwnRecord
            | BurdenSource::Seen
            | BurdenSource::Statutory,
        ) => None,
    };
    let differ = told(Reason::BurdensDiffer, ReturnRisk::SharesDiffer);
    let changed = told(Reason::BurdenMayHaveChanged, ReturnRisk::ShareMayHaveChanged);
    [stated, differ, changed].into_iter().flatten().collect()
}

fn of_month(claimant: &Claimant, on: Date) -> Vec<ReturnRisk> {
    let (first, last) = (on.first_of_month(), on.last_of_month());
    let begins = first < claimant.valid_from && claimant.valid_from <= last;
    let ends = claimant.valid_to.is_some_and(|day| first <= day && day < last);
    let scheme = claimant.identity.insurer.scheme();
    let class = |day| class_in(scheme, claimant.birth, day);
    let changes = begins || ends || class(first) != class(last);
    let one_sheet = claimant.limit_class.is_some().then_some(ReturnRisk::OneSheet);
    changes.then_some(ReturnRisk::ChangesThisMonth).into_iter().chain(one_sheet).collect()
}
