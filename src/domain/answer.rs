//! The answer: three values, never two; on what, as of when, how fresh, and what to do next.

use crate::domain::{
    burden::Percent,
    person::Origin,
    time::{ClockState, Stamp},
};
use serde::Serialize;

/// 判定.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 資格あり: verified evidence says so.
    Eligible,
    /// 資格なし: verified evidence says the insurance has ended.
    NotEligible,
    /// 確認できません: neither can be said; the reasons and next steps tell why and what now.
    CannotTell,
}

/// On what the verdict rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A result of オンライン資格確認, received today.
    Live,
    /// A signed certificate (資格確認書).
    Certificate,
    /// A signed notice together with the card (お知らせ＋マイナ保険証).
    NoticeWithCard,
    /// The regional snapshot.
    Snapshot,
    /// What this facility itself received earlier; no publisher vouches for it.
    OwnRecord,
    /// Nothing verified.
    Nothing,
}

/// How fresh the basis is: grades, not a cliff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// Recent.
    Fresh,
    /// Older than usual: shown with its age.
    Warn,
    /// Old: confirm another way and write down the reason.
    Confirm,
    /// Too old to answer from.
    Refuse,
    /// There is nothing whose age could be told.
    Unknown,
}

/// Where a share was taken from; the first that speaks counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BurdenSource {
    /// In today's online result.
    Live,
    /// Printed and signed on the paper.
    Document,
    /// Registered in the snapshot.
    Snapshot,
    /// In what this facility received earlier.
    OwnRecord,
    /// Read off a paper or screen that nobody signed.
    Seen,
    /// By age, because the paper says 「法定負担割合のとおり」.
    Statutory,
    /// Declared by the patient (申立書).
    Declared,
    /// Computed from the birth date: always to be confirmed (要確認).
    AgeRule,
}

/// 一部負担金割合 and where it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BurdenRatio {
    /// The share in percent; `None` where income decides and no source says it.
    pub percent: Option<Percent>,
    /// Its source; `None` where nothing is known.
    pub source: Option<BurdenSource>,
    /// What other sources say, where it differs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<SourcedShare>,
}

/// A share and who says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SourcedShare {
    /// The share in percent.
    pub percent: Percent,
    /// Its source.
    pub source: BurdenSource,
}

/// One code with its words in both languages.
macro_rules! worded {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal $ja:literal $en:literal)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $(#[doc = $en] $variant),* }

        impl $name {
            /// Every value, for tests and tables.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Stable name for machines.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// Japanese words for the counter.
            #[must_use]
            pub fn ja(self) -> &'static str {
                match self { $(Self::$variant => $ja),* }
            }

            /// English words.
            #[must_use]
            pub fn en(self) -> &'static str {
                match self { $(Self::$variant => $en),* }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct as _;
                let mut out = serializer.serialize_struct(stringify!($name), 3)?;
                out.serialize_field("code", self.code())?;
                out.serialize_field("ja", self.ja())?;
                out.serialize_field("en", self.en())?;
                out.end()
            }
        }
    };
}
pub(super) use worded;

worded! {
    /// How well it was checked that the person is insured: the level recorded with the visit, weakest first.
    Level {
        Nothing = "nothing" "何も確認できていません" "nothing was checked"
        DisasterOral = "disaster_oral" "災害時の聞き取り（氏名・生年月日・連絡先・保険者の手がかり）" "told in a disaster: name, birth date, contact, what leads to the insurer"
        Declaration = "declaration" "被保険者資格申立書" "statement of eligibility"
        PastVisit = "past_visit" "以前の受診と口頭の確認" "past visit and the patient's word"
        GracePeriod = "grace_period" "従来の健康保険証、またはお知らせのみ（経過措置の期間内）" "old card or notice alone, within its grace period"
        TypedCertificate = "typed_certificate" "資格確認書を目で確認（署名なし）" "certificate seen, not signed"
        TypedNoticeWithCard = "typed_notice_with_card" "お知らせ（署名なし）とマイナ保険証" "unsigned notice with the card"
        PortalWithCard = "portal_with_card" "マイナポータルの画面かPDFとマイナ保険証" "portal screen or PDF with the card"
        OwnRecord = "own_record" "この施設が受け取った資格情報" "received by this facility earlier"
        Snapshot = "snapshot" "この箱の地域データ" "regional snapshot"
        NoticeWithCard = "notice_with_card" "署名されたお知らせとマイナ保険証" "signed notice with the card"
        Certificate = "certificate" "署名された資格確認書" "signed certificate"
        Online = "online" "オンライン資格確認" "online verification"
    }
}

worded! {
    /// Why the verdict is what it is, or what to keep in mind with it.
    Reason {
        InForceInSnapshot = "in_force_in_snapshot" "この箱の地域データでは有効です。" "In force in the snapshot."
        InForceInOwnRecord = "in_force_in_own_record" "この施設が受け取った資格情報では有効です。" "In force in what this facility received."
        CertificateInForce = "certificate_in_force" "署名された資格確認書が有効です。" "A signed certificate is in force."
        NoticeWithCard = "notice_with_card" "署名されたお知らせとマイナ保険証を確認しました。" "A signed notice was seen together with the My Number card."
        NoticeNeedsCard = "notice_needs_card" "お知らせだけでは確認になりません。" "A notice alone is never enough."
        CoverageEnded = "coverage_ended" "この保険の資格は終わっています。" "This insurance has ended."
        CoverageNotBegun = "coverage_not_begun" "この保険の資格はまだ始まっていません。" "This insurance has not begun yet."
        NotInSnapshot = "not_in_snapshot" "この箱の地域データにありません。無資格とは限りません。" "Not in this region's snapshot. The person may well be insured."
        NotInOwnRecords = "not_in_own_records" "この施設が受け取った資格情報にもありません。無資格とは限りません。" "Not in what this facility received either. The person may well be insured."
        SeveralMatch = "several_match" "同じ記号番号の方が複数います。" "Several people share this symbol and number."
        BirthDateDiffers = "birth_date_differs" "番号は見つかりましたが、生年月日が違います。" "The number was found, but with another birth date."
        SnapshotDamaged = "snapshot_damaged" "地域データのこの部分が壊れています。" "This part of the snapshot is damaged."
        SnapshotTooOld = "snapshot_too_old" "地域データが古すぎて答えられません。" "The snapshot is too old to answer from."
        SnapshotOld = "snapshot_old" "地域データが古いので、ほかの方法でも確かめてください。" "The snapshot is old: confirm another way as well."
        OwnRecordOld = "own_record_old" "この施設が受け取ったのは以前なので、ほかの方法でも確かめてください。" "This facility received it some time ago: confirm another way as well."
        OwnRecordTooOld = "own_record_too_old" "この施設が受け取った資格情報もありますが、古すぎて答えられません。" "What this facility received is too old to answer from."
        OwnRecordDamaged = "own_record_damaged" "この施設が受け取った資格情報のこの部分が壊れています。" "This part of what the facility received is damaged."
        OwnRecordDiffers = "own_record_differs" "地域データとこの施設が受け取った資格情報が食い違っています。新しいほうで答えています。" "The snapshot and what this facility received differ: the newer one answers."
        NoSnapshot = "no_snapshot" "この箱にはまだ地域データがありません。" "This box holds no snapshot yet."
        NothingToAskBy = "nothing_to_ask_by" "確認に使う番号や符号がありません。" "No number and no code was given to ask by."
        RecordSuspended = "record_suspended" "保険者がこの記録を止めています。内容は表示しません。" "The insurer has suspended this record. It is not shown."
        CertificateExpired = "certificate_expired" "この書類の有効期限が過ぎています。" "This paper is past its last valid day."
        IssuedAhead = "issued_ahead" "この書類の交付日がまだ来ていません。" "This paper's day of issue is still to come."
        CertificateRevoked = "certificate_revoked" "この書類は失効しています。" "This paper was revoked by its issuer."
        EvidenceConflicts = "evidence_conflicts" "書類と地域データが食い違っています。" "The paper and the snapshot contradict each other."
        PersonDiffers = "person_differs" "書類と地域データで氏名か生年月日が違います。" "Name or birth date differ between the paper and the snapshot."
        RevocationUnknown = "revocation_unknown" "失効の一覧がないため、失効していないとは言い切れません。" "There is no revocation list: the paper may have been revoked."
        RevocationStale = "revocation_stale" "失効の一覧が古くなっています。" "The revocation list is old."
        BurdensDiffer = "burdens_differ" "負担割合が出どころによって違います。" "Sources differ on the share."
        BurdenByAgeRule = "burden_by_age_rule" "負担割合は年齢から求めた目安です（要確認）。" "The share is computed from the age: confirm it."
        BurdenUnknown = "burden_unknown" "負担割合が分かりません。" "The share is not known."
        MovedToLateStage = "moved_to_late_stage" "75歳になり、保険が後期高齢者医療に変わっているはずです。" "Aged 75: the insurance must have changed to the late-stage scheme."
        BurdenMayHaveChanged = "burden_may_have_changed" "年齢の節目か8月1日の判定替えを過ぎたので、負担割合が変わっているかもしれません。" "An age limit or the yearly assessment of 1 August was passed since: the share may have changed."
        TrustListOld = "trust_list_old" "信頼リスト（発行元の一覧）の更新が遅れています。" "The trust list is overdue: news of stolen keys may be missing."
        LiveInForce = "live_in_force" "オンライン資格確認で有効です。" "In force by online verification."
        LiveEnded = "live_ended" "オンライン資格確認で、この保険の資格は無効です。" "Online verification says that this insurance has ended."
        LiveReplaced = "live_replaced" "オンライン資格確認で無効です。新しい資格があります。" "Online verification says that this insurance has ended and a newer one exists."
        LiveNotRegistered = "live_not_registered" "オンライン資格確認では該当がありません。登録が遅れているだけかもしれません。" "Online verification knows nobody by this number. It may not be registered yet."
        LiveSeveralMatch = "live_several_match" "オンライン資格確認で複数の方が該当しました。" "Several people match in online verification."
        LiveOfAnotherDay = "live_of_another_day" "オンライン資格確認の結果は別の日のものなので使いません。" "The online result is of another day: it is not used."
        LiveDiffers = "live_differs" "オンライン資格確認と地域データなどが食い違っています。オンラインの結果で答えています。" "Online verification and what is held here differ: the online result answers."
        PortalScreenSeen = "portal_screen_seen" "マイナ保険証とマイナポータルの資格情報を確認しました。" "The card and the portal's eligibility page were seen."
        PortalNeedsCard = "portal_needs_card" "マイナポータルの画面だけでは確認になりません。" "The portal's page alone is not enough."
        TypedCertificateSeen = "typed_certificate_seen" "資格確認書を目で確認しました（署名なし）。" "A certificate was seen. Its signature was not checked."
        TypedNoticeSeen = "typed_notice_seen" "マイナ保険証とお知らせを目で確認しました（署名なし）。" "A notice was seen with the card. Its signature was not checked."
        GracePeriod = "grace_period" "経過措置の期間内です。番号をオンラインで確かめられた場合だけ使えます。" "Within the grace period: it counts only once the number is checked online."
        OldCardEnded = "old_card_ended" "従来の健康保険証はもう使えません。" "Old insurance cards are no longer valid."
        PastVisitUnchanged = "past_visit_unchanged" "以前の受診から保険は変わっていないと本人が答えました。申立書の提出とみなせます。" "The patient says nothing changed since the last visit: it counts as the statement given."
        InsuranceChanged = "insurance_changed" "以前の受診のあとに保険が変わったか、変わったかどうか分かりません。" "The insurance changed since the last visit, or the patient does not know."
        StatementTaken = "statement_taken" "被保険者資格申立書とマイナ保険証を確認しました。" "The statement of eligibility was taken and the card seen."
        StatementNeedsCard = "statement_needs_card" "申立書には、マイナ保険証の提示も必要です。" "The statement needs the card as well."
        FourItemsTaken = "four_items_taken" "災害時の聞き取りで、氏名・生年月日・連絡先・保険者の手がかりを控えました。" "In a disaster: name, birth date, contact and what leads to the insurer were taken down."
        NotEnoughHere = "not_enough_here" "食い違いがあるため、口頭や署名のない書類だけでは受け付けられません。" "Something contradicts it: a word or an unsigned paper is not enough here."
        ClockUnsure = "clock_unsure" "この箱の時計が確かではありません。" "This box's clock is not sure."
    }
}

worded! {
    /// What to do next, in order, one question at a time.
    NextStep {
        TreatAsInsured = "treat_as_insured" "保険診療として受け付けてください。" "Receive the patient under insurance."
        CompareIdentity = "compare_identity" "氏名・生年月日・顔を見比べてください。" "Compare name, birth date and face."
        AskForNoticeAndCard = "ask_for_notice_and_card" "マイナ保険証と「資格情報のお知らせ」の両方を見せてもらい、お知らせのコードを読み取ってください。" "Ask for the My Number card and the notice, and scan the notice."
        AskForCard = "ask_for_card" "マイナ保険証を見せてもらってください。" "Ask to see the My Number card."
        AskForPortalScreen = "ask_for_portal_screen" "マイナ保険証と一緒に、マイナポータルの資格情報画面（または保存したPDF）を見せてもらってください。" "Ask for the card and the My Number portal's eligibility screen or a saved PDF of it."
        AskForCertificate = "ask_for_certificate" "資格確認書を持っているか聞いてください。" "Ask whether the patient has a certificate."
        AskPastVisit = "ask_past_visit" "以前に受診していれば、保険が変わっていないか口頭で確かめてください。" "If they came before, ask whether the insurance is unchanged."
        TakeStatement = "take_statement" "被保険者資格申立書を書いてもらってください。" "Have the patient fill in the statement of eligibility."
        AskForNewCertificate = "ask_for_new_certificate" "新しい資格確認書か、今の保険を聞いてください。" "Ask for the new certificate, or for the present insurance."
        AskBranchOrBirth = "ask_branch_or_birth" "枝番か生年月日を入れてください。" "Enter the branch number or the birth date."
        CheckTypedNumber = "check_typed_number" "番号と生年月日を入れ直してください。" "Check the number and birth date and enter them again."
        CallInsurer = "call_insurer" "保険者に電話で確かめてください。" "Call the insurer."
        ConfirmBurden = "confirm_burden" "負担割合を本人に確かめてください。" "Ask the patient for their share."
        CheckOnline = "check_online" "オンライン資格確認で番号を確かめてください。" "Check the number by online verification."
        ConfirmLater = "confirm_later" "通信が戻ったら、オンラインで資格を確かめてください。" "Verify online as soon as the line is back."
        BringNumberLater = "bring_number_later" "後日、資格確認書などで番号を知らせるよう本人に頼んでください。" "Ask the patient to bring the number later."
        TellOfWaiver = "tell_of_waiver" "被災の状況を聞き、今回の災害の通知で、市町村と保険者が一部負担金の猶予・免除の対象か、口頭でよいか証明書が要るかを確かめてください。" "Ask how they were hit, and look in this disaster's notice whether municipality and insurer waive or defer the share, and whether their word is enough or a certificate is needed."
        SetClock = "set_clock" "時計を合わせるよう管理者に伝えてください。" "Have the administrator set the clock."
        RenewSnapshot = "renew_snapshot" "管理者に、新しい地域データの取り込みを頼んでください。" "Ask the administrator to import a newer snapshot."
        ReadAgain = "read_again" "もう一度読み取るか、番号を手で入れてください。" "Scan again, or type the number."
    }
}

/// What the counter is told. The names in here are a promise to screen, paper and JSON alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Eligible, not eligible, or cannot tell.
    pub verdict: Verdict,
    /// On what.
    pub basis: Basis,
    /// As of when; `None` where nothing verified speaks.
    pub as_of: Option<Stamp>,
    /// How fresh that is.
    pub freshness: Freshness,
    /// Whether the clock was sure.
    pub clock: ClockState,
    /// The share and its source.
    pub burden_ratio: BurdenRatio,
    /// How well it was checked that the person is insured; recorded with the visit.
    pub level: Level,
    /// From whom and when this facility received the record it rests on; `None` unless the basis is [`Basis::OwnRecord`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<Origin>,
    /// Why, most important first.
    pub reasons: Vec<Reason>,
    /// What to do next, in order.
    pub next_steps: Vec<NextStep>,
}

impl Verdict {
    /// One word for the counter, Japanese.
    #[must_use]
    pub fn ja(self) -> &'static str {
        match self {
            Self::Eligible => "資格あり",
            Self::NotEligible => "資格なし",
            Self::CannotTell => "確認できません",
        }
    }

    /// One word, English.
    #[must_use]
    pub fn en(self) -> &'static str {
        match self {
            Self::Eligible => "Eligible",
            Self::NotEligible => "Not eligible",
            Self::CannotTell => "Cannot tell",
        }
    }
}

impl Basis {
    /// Japanese words.
    #[must_use]
    pub fn ja(self) -> &'static str {
        match self {
            Self::Live => "オンライン資格確認の結果",
            Self::Certificate => "資格確認書の署名（オンラインでは未確認）",
            Self::NoticeWithCard => "お知らせの署名とマイナ保険証（オンラインでは未確認）",
            Self::Snapshot => "この箱の地域データ（オンラインでは未確認）",
            Self::OwnRecord => "この施設が受け取った資格情報（今はオンラインで未確認）",
            Self::Nothing => "確認できた根拠なし",
        }
    }

    /// English words.
    #[must_use]
    pub fn en(self) -> &'static str {
        match self {
            Self::Live => "verified online",
            Self::Certificate => "signed certificate, not verified online",
            Self::NoticeWithCard => "signed notice with the card, not verified online",
            Self::Snapshot => "regional snapshot, not verified online",
            Self::OwnRecord => "received by this facility earlier, not verified online now",
            Self::Nothing => "nothing verified",
        }
    }
}

impl Freshness {
    /// Japanese words.
    #[must_use]
    pub fn ja(self) -> &'static str {
        match self {
            Self::Fresh => "新しい",
            Self::Warn => "やや古い",
            Self::Confirm => "古い（要確認）",
            Self::Refuse => "古すぎる",
            Self::Unknown => "不明",
        }
    }

    /// English words.
    #[must_use]
    pub fn en(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Warn => "ageing",
            Self::Confirm => "old, confirm",
            Self::Refuse => "too old",
            Self::Unknown => "unknown",
        }
    }
}
