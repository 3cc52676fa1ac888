//! Papers truly signed, and what their key, the lists, the clock and the calendar say of them.

use super::{
    Made, expect,
    world::{Context, DAY, NOW, Paper, SERIAL, revocations, typical_claims},
};
use jiff::civil::date;
use serde_json::{Value, json};
use sonae::domain::{
    evidence::{DocumentClaims, DocumentKind},
    insurer_number::InsurerNumber,
};

pub fn cases() -> Vec<Made> {
    [scopes(), keys(), taken_back(), clocks(), calendar(), overdue()]
        .into_iter()
        .flatten()
        .collect()
}

fn made(
    name: &str,
    about: &str,
    stage: &'static str,
    expected: Value,
    claims: &DocumentClaims,
    context: Context,
) -> Made {
    let paper = Paper::issued(claims);
    Made {
        name: name.into(),
        about: about.into(),
        stage,
        text: paper.text(),
        stages: paper.stages(),
        context,
        expected,
    }
}

fn claims(change: impl FnOnce(&mut DocumentClaims)) -> DocumentClaims {
    let mut claims = typical_claims();
    change(&mut claims);
    claims
}

/// What was refused has no claims that anybody read.
fn refused(
    name: &str,
    about: &str,
    stage: &'static str,
    expected: Value,
    claims: &DocumentClaims,
    context: Context,
) -> Made {
    let mut made = made(name, about, stage, expected, claims, context);
    made.stages.as_object_mut().unwrap().remove("claims");
    made
}

fn scopes() -> Vec<Made> {
    let insurer =
        |value| claims(|c| c.identity.insurer = InsurerNumber::from_value(value).unwrap());
    let scope = |name, about, claims: &DocumentClaims, issuer| {
        refused(name, about, "scope", expect::scope(), claims, Context::with_issuer(issuer))
    };
    let notice = claims(|c| c.kind = DocumentKind::Notice);
    let certificates = json!({ "documents": ["certificate"] });
    vec![
        scope("scope-insurer-below", "One below the key's range.", &insurer(1_169_999), json!({})),
        scope("scope-insurer-above", "One above the key's range.", &insurer(1_180_000), json!({})),
        scope(
            "scope-no-insurer",
            "A key that speaks for nobody.",
            &typical_claims(),
            json!({ "insurers": [] }),
        ),
        scope("scope-kind", "A notice by a key for certificates.", &notice, certificates),
        scope(
            "scope-no-kind",
            "A key that may issue nothing.",
            &typical_claims(),
            json!({ "documents": [] }),
        ),
    ]
}

fn keys() -> Vec<Made> {
    let key = |name, about, light, issuer: &str, code, changes| {
        let expected = expect::key(light, issuer, code);
        refused(name, about, "key", expected, &typical_claims(), Context::with_issuer(changes))
    };
    let stolen = |since: i64| json!({ "status": "compromised", "compromised_since": since });
    let mut in_another_role = key(
        "key-compromised-in-another-role",
        "Reported as stolen as an authority's key: a thief has the key, not the role.",
        "red",
        "compromised",
        "issuer_compromised",
        json!({}),
    );
    in_another_role.context.keys[1] = in_another_role.context.keys[0].clone();
    in_another_role.context.keys[1]["role"] = json!("authority");
    in_another_role.context.keys[1]["status"] = json!("compromised");
    in_another_role.context.keys[1]["compromised_since"] = json!(NOW - DAY);
    in_another_role.context.lists.clear();
    vec![
        key(
            "key-not-yet",
            "Issued the day before the key's first day.",
            "amber",
            "not_yet",
            "issuer_key_not_yet",
            json!({ "not_before": "2026-10-02" }),
        ),
        key(
            "key-ended",
            "The key's last day was yesterday.",
            "amber",
            "ended",
            "issuer_key_ended",
            json!({ "not_after": "2026-11-21" }),
        ),
        key(
            "key-ended-before-issue",
            "The key's last day is before the day of issue.",
            "amber",
            "ended",
            "issuer_key_ended",
            json!({ "not_after": "2026-09-30" }),
        ),
        key(
            "key-retired-and-ended",
            "Retired, and its last day is over.",
            "amber",
            "ended",
            "issuer_key_ended",
            json!({ "status": "retired", "not_after": "2026-11-21" }),
        ),
        key(
            "key-compromised-before-issue",
            "Stolen before the day of issue.",
            "red",
            "compromised",
            "issuer_compromised",
            stolen(NOW - 100 * DAY),
        ),
        key(
            "key-compromised-after-issue",
            "Stolen after the day that the paper bears: a thief writes any day.",
            "red",
            "compromised",
            "issuer_compromised",
            stolen(NOW - DAY),
        ),
        in_another_role,
    ]
}

fn taken_back() -> Vec<Made> {
    let with = |name, about, expected, lists| {
        let context = Context { lists, ..Context::usual() };
        made(name, about, "judged", expected, &typical_claims(), context)
    };
    let old = |name, about, days: i64, grade: &str| {
        let mut expected =
            expect::judged("amber", ["in_force", "stale", "alone"], &["revocation_stale"]);
        expected["revocation_list_age"] = json!(grade);
        with(name, about, expected, vec![revocations(NOW - days * DAY, vec![])])
    };
    let listed =
        || expect::judged("red", ["in_force", "listed", "alone"], &["certificate_revoked"]);
    let mut clear = expect::green();
    clear["revocation_list_age"] = json!("fresh");
    vec![
        with(
            "revocation-listed",
            "Taken back.",
            listed(),
            vec![revocations(NOW, vec![SERIAL, [9; 6]])],
        ),
        with(
            "revocation-listed-long-ago",
            "Taken back, on a list that is old: it stays taken back.",
            listed(),
            vec![revocations(NOW - 90 * DAY, vec![SERIAL])],
        ),
        with(
            "revocation-none",
            "No list of this issuer: not the same as clear.",
            expect::judged("amber", ["in_force", "no_list", "alone"], &["revocation_unknown"]),
            vec![],
        ),
        with(
            "revocation-six-days",
            "A list of six days is fresh.",
            clear,
            vec![revocations(NOW - 6 * DAY, vec![])],
        ),
        old("revocation-seven-days", "A list of seven days is told.", 7, "warn"),
        old("revocation-thirty-days", "A list of thirty days is no longer current.", 30, "confirm"),
        old("revocation-a-year", "A list of a year: still no refusal.", 365, "confirm"),
    ]
}

fn clocks() -> Vec<Made> {
    let unsure = |revocation: &str, reasons: &[&str]| {
        expect::judged("amber", ["clock_untrusted", revocation, "alone"], reasons)
    };
    let ended = claims(|c| c.valid_to = Some(date(2026, 10, 31)));
    let at = |machine| Context { machine, ..Context::usual() };
    vec![
        made(
            "clock-in-1970",
            "A flat battery.",
            "judged",
            unsure("clear", &["clock_unsure"]),
            &typical_claims(),
            at(0),
        ),
        made(
            "clock-in-1970-and-ended",
            "A flat battery: nobody says expired.",
            "judged",
            unsure("clear", &["clock_unsure"]),
            &ended,
            at(0),
        ),
        made(
            "clock-behind-the-list",
            "A clock below the moment the trust list was made.",
            "judged",
            unsure("clear", &["clock_unsure"]),
            &typical_claims(),
            at(NOW - 2 * DAY),
        ),
        made(
            "clock-behind-its-own-records",
            "Below what this box itself wrote, above what others signed.",
            "judged",
            unsure("clear", &["clock_unsure"]),
            &typical_claims(),
            at(NOW - 7_200),
        ),
        {
            let expected = unsure("stale", &["clock_unsure", "revocation_stale", "trust_list_old"]);
            made(
                "clock-far-ahead",
                "A clock in 2030, and nothing signed since.",
                "judged",
                expected,
                &typical_claims(),
                at(NOW + 1_200 * DAY),
            )
        },
    ]
}

fn calendar() -> Vec<Made> {
    let on = |name, about, light, time: &str, reason: &str, claims: &DocumentClaims| {
        let expected = expect::judged(light, [time, "clear", "alone"], &[reason]);
        made(name, about, "judged", expected, claims, Context::usual())
    };
    let mut both = made(
        "ended-and-revoked",
        "Ended and taken back: the graver word comes first.",
        "judged",
        expect::judged(
            "red",
            ["ended", "listed", "alone"],
            &["certificate_revoked", "certificate_expired"],
        ),
        &claims(|c| c.valid_to = Some(date(2026, 11, 21))),
        Context::usual(),
    );
    both.context.lists = vec![revocations(NOW, vec![SERIAL])];
    let mut ended_notice = on(
        "notice-ended",
        "A notice whose last day is over.",
        "red",
        "ended",
        "certificate_expired",
        &claims(|c| {
            (c.kind, c.valid_to) = (DocumentKind::Notice, Some(date(2026, 11, 21)));
        }),
    );
    ended_notice.expected["sufficiency"] = json!("needs_my_number_card");
    ended_notice.expected["reasons"] = json!(["certificate_expired", "notice_needs_card"]);
    vec![
        on(
            "ended-yesterday",
            "The last day was yesterday.",
            "red",
            "ended",
            "certificate_expired",
            &claims(|c| c.valid_to = Some(date(2026, 11, 21))),
        ),
        on(
            "coverage-begins-tomorrow",
            "Coverage has not begun.",
            "amber",
            "not_yet",
            "coverage_not_begun",
            &claims(|c| c.valid_from = date(2026, 11, 23)),
        ),
        on(
            "issued-tomorrow",
            "The day of issue is still to come.",
            "amber",
            "not_yet",
            "issued_ahead",
            &claims(|c| c.issued_on = date(2026, 11, 23)),
        ),
        both,
        ended_notice,
    ]
}

/// 7.2 of the reference: overdue is told in grades, and stops nothing.
fn overdue() -> Vec<Made> {
    let by = |name, about, days: i64, grade: &str| {
        let mut expected =
            expect::judged("amber", ["in_force", "clear", "alone"], &["trust_list_old"]);
        expected["trust_list_age"] = json!(grade);
        let context = Context { next_due: NOW - days * DAY, ..Context::usual() };
        made(name, about, "judged", expected, &typical_claims(), context)
    };
    let mut within =
        by("trust-list-six-days-overdue", "Six days overdue: still fresh.", 6, "fresh");
    within.expected = expect::green();
    within.expected["trust_list_age"] = json!("fresh");
    vec![
        within,
        by("trust-list-seven-days-overdue", "Told from the seventh day on.", 7, "warn"),
        by("trust-list-thirty-days-overdue", "A month overdue.", 30, "confirm"),
        by(
            "trust-list-a-year-overdue",
            "A year overdue: the signature is still told.",
            365,
            "refuse",
        ),
    ]
}
