//! The conditions of the table: what a live result, a paper, the register and a thing seen or heard come down to.

use crate::domain::answer::worded;

/// A condition with its words, and a set of such conditions.
macro_rules! cases {
    ($(#[$doc:meta])* $name:ident in $set:ident { $($words:tt)* }) => {
        worded! { $(#[$doc])* $name { $($words)* } }

        #[doc = concat!("Any of several [`", stringify!($name), "`].")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $set(u32);

        impl $set {
            /// All of them.
            pub const ANY: Self = Self::of($name::ALL);

            /// These.
            pub(super) const fn of(cases: &[$name]) -> Self {
                let (mut bits, mut at) = (0, 0);
                while at < cases.len() {
                    bits |= 1 << cases[at] as u32;
                    at += 1;
                }
                Self(bits)
            }

            /// These and those.
            pub(super) const fn and(self, more: Self) -> Self {
                Self(self.0 | more.0)
            }

            /// Whether a case is one of them.
            #[must_use]
            pub const fn has(self, case: $name) -> bool {
                self.0 & 1 << case as u32 != 0
            }

            /// Japanese words; none where anything goes.
            #[must_use]
            pub fn ja(self) -> Option<String> {
                let (named, but) = self.named()?;
                let list = named.iter().map(|case| case.ja()).collect::<Vec<_>>().join("・");
                Some(if but { format!("「{list}」以外") } else { list })
            }

            /// English words; none where anything goes.
            #[must_use]
            pub fn en(self) -> Option<String> {
                let (named, but) = self.named()?;
                let list = named.iter().map(|case| case.en()).collect::<Vec<_>>();
                Some(if but { format!("not {}", list.join(", nor ")) } else { list.join(", or ") })
            }

            /// The shorter of two lists: those in it, or (`true`) those not in it.
            fn named(self) -> Option<(Vec<$name>, bool)> {
                let (inside, outside): (Vec<_>, Vec<_>) =
                    $name::ALL.iter().copied().partition(|case| self.has(*case));
                let but = outside.len() < inside.len();
                (!outside.is_empty()).then_some((if but { outside } else { inside }, but))
            }
        }
    };
}

cases! {
    /// What today's online result says.
    LiveCase in LiveSet {
        Absent = "absent" "なし" "none"
        InForce = "in_force" "有効" "in force"
        Ended = "ended" "無効" "ended"
        Replaced = "replaced" "無効（新しい資格あり）" "ended, a newer one exists"
        NotRegistered = "not_registered" "該当資格なし" "nobody by this number"
        SeveralMatch = "several_match" "複数該当" "several match"
        AnotherPerson = "another_person" "書類や登録と別の人" "another person than the paper or the register"
    }
}

cases! {
    /// What the signed paper says on the day asked.
    PaperCase in PaperSet {
        Absent = "absent" "なし" "none"
        Revoked = "revoked" "失効" "revoked"
        Expired = "expired" "期限切れ" "past its last valid day"
        NotBegun = "not_begun" "資格の開始前" "its insurance has not begun"
        LateStage = "late_stage" "75歳で後期高齢者医療に移ったはず" "must have moved to the late-stage scheme"
        NeedsCard = "needs_card" "お知らせ（マイナ保険証はまだ）" "notice, card not seen"
        Certificate = "certificate" "有効な資格確認書" "certificate in force"
        NoticeWithCard = "notice_with_card" "有効なお知らせとマイナ保険証" "notice in force, with the card"
    }
}

cases! {
    /// What the register says: the region's snapshot and this facility's own records, weighed into one.
    RegisterCase in RegisterSet {
        InForce = "in_force" "地域データで有効" "in force in the snapshot"
        OwnInForce = "own_in_force" "施設が受け取った情報で有効" "in force in what this facility received"
        Ended = "ended" "地域データで終了" "ended in the snapshot"
        OwnEnded = "own_ended" "施設が受け取った情報で終了" "ended in what this facility received"
        NotBegun = "not_begun" "地域データで開始前" "not begun in the snapshot"
        OwnNotBegun = "own_not_begun" "施設が受け取った情報で開始前" "not begun in what this facility received"
        OlderThanPaper = "older_than_paper" "有効でないが、書類の交付より前の情報" "not in force, but older than the paper's issue"
        AnotherPerson = "another_person" "書類と別の人" "another person than the paper's"
        Suspended = "suspended" "保険者が停止" "suspended by the insurer"
        NotInSnapshot = "not_in_snapshot" "地域データにない" "not in the snapshot"
        NoSnapshot = "no_snapshot" "地域データなし" "no snapshot here"
        TooOld = "too_old" "古すぎる" "too old"
        Damaged = "damaged" "壊れている" "damaged"
        SeveralMatch = "several_match" "複数該当" "several match"
        BirthDateDiffers = "birth_date_differs" "生年月日が違う" "another birth date"
        MovedToLateStage = "moved_to_late_stage" "75歳で後期高齢者医療に移ったはず" "must have moved to the late-stage scheme"
        NothingToAskBy = "nothing_to_ask_by" "確認に使う番号なし" "nothing to ask by"
    }
}

worded! {
    /// What one thing seen or heard comes down to.
    ShownCase {
        PortalWithCard = "portal_with_card" "マイナポータルの画面かPDFとマイナ保険証" "portal screen or PDF, with the card"
        PortalAlone = "portal_alone" "マイナポータルの画面かPDFのみ" "portal screen or PDF, card not seen"
        TypedNoticeWithCard = "typed_notice_with_card" "署名のないお知らせとマイナ保険証" "unsigned notice, with the card"
        TypedCertificate = "typed_certificate" "署名のない資格確認書（期限内）" "unsigned certificate, not expired"
        TypedPaperExpired = "typed_paper_expired" "署名のない書類で、期限切れのもの" "unsigned paper, past its last valid day"
        TypedPaperLateStage = "typed_paper_late_stage" "署名のない書類で、75歳になり後期高齢者医療に移ったはずの人のもの" "unsigned paper of somebody who must have moved to the late-stage scheme"
        PaperInGrace = "paper_in_grace" "従来の健康保険証か、お知らせのみ（経過措置の期間内）" "old card, or notice without the card, within the grace period"
        OldCardEnded = "old_card_ended" "従来の健康保険証（経過措置の終了後）" "old card after the grace period"
        NoticeAlone = "notice_alone" "署名のないお知らせのみ（経過措置の終了後）" "unsigned notice without the card, after the grace period"
        PastVisitUnchanged = "past_visit_unchanged" "以前に受診し、保険は変わらないと本人が答えた" "came before and says nothing changed"
        PastVisitChanged = "past_visit_changed" "以前に受診したが、保険が変わったか分からない" "came before, the insurance changed or is not known"
        StatementWithCard = "statement_with_card" "被保険者資格申立書とマイナ保険証" "statement of eligibility, with the card"
        StatementAlone = "statement_alone" "被保険者資格申立書のみ" "statement of eligibility, card not seen"
        DisasterOral = "disaster_oral" "災害時の聞き取り（氏名・生年月日・連絡先・保険者の手がかり）" "told in a disaster: name, birth date, contact, what leads to the insurer"
    }
}
