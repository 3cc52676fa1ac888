//! The words of the pages: labels, headings, buttons. Japanese first, English beside it.

/// One text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// Japanese.
    pub ja: &'static str,
    /// English.
    pub en: &'static str,
}

macro_rules! words {
    ($($name:ident = $ja:literal $en:literal)*) => {
        $(
            #[doc = $en]
            pub const $name: Phrase = Phrase { ja: $ja, en: $en };
        )*

        /// Every phrase, for tests.
        pub const ALL: &[Phrase] = &[$($name),*];
    };
}

words! {
    // The frame of every page.
    COUNTER = "受付" "Counter"
    DISASTER = "災害時モード" "Disaster mode"
    STATUS = "この箱の状態" "This box"
    PRACTICE = "架空の人だけの練習用です" "Practice: fictional people only"
    DISASTER_IS_OPEN = "災害時モード 開設中" "Disaster mode is open"
    UNTIL = "まで" "until"
    BY_ORDER_OF = "指示した者" "ordered by"

    // The counter.
    ASK_FIELD = "QRコードを読み取るか、番号を入れてください" "Scan the code, or type the numbers"
    NEXT_PERSON = "次の方" "Next person"
    ASK_HINT = "番号は 保険者番号 記号 番号 枝番 生年月日 の順に、空白で区切る" "numbers: insurer, symbol, number, branch, birth date, divided by spaces"
    ASK = "確認する" "Check"
    CARD_SEEN = "マイナ保険証（カード）を見た" "My Number card was seen"
    PRESS_CARD_SEEN = "カードを見た" "Card seen"
    BY_FIELDS = "番号を一つずつ入れる" "Enter the numbers one by one"
    BY_PICTURE = "写真・PDFで入れる" "From a photo or PDF"
    PICTURE = "資格確認書・お知らせの写真かPDF（8 MBまで）" "photo or PDF of the paper (8 MB at most)"
    PICTURE_AGAIN = "同じ写真かPDFをもう一度選んでください" "choose the same photo or PDF again"
    INSURER_NUMBER = "保険者番号" "insurer number"
    SYMBOL = "記号" "symbol"
    NUMBER = "番号" "number"
    BRANCH = "枝番" "branch"
    BIRTH = "生年月日" "birth date"
    OPTIONAL = "なければ空欄" "leave empty if none"
    BIRTH_HINT = "例 S31.11.1、昭和31年" "a day in any form, or the year"

    // The answer.
    NEXT_STEP = "次にすること" "Next"
    THEN = "そのあと" "Then"
    WHY = "理由" "Why"
    BURDEN = "負担割合" "share"
    BURDEN_UNKNOWN = "割合は不明" "share not known"
    BURDEN_NONE_KNOWN = "どこにも記載なし" "stated nowhere"
    FROM_LIVE = "オンライン資格確認の結果" "online result"
    FROM_DOCUMENT = "書類に記載" "on the paper"
    FROM_SNAPSHOT = "地域データに登録" "in the snapshot"
    FROM_OWN_RECORD = "この施設が受け取った資格情報" "received by this facility"
    OWN_RECORDS = "この施設が受け取った資格情報" "own records"
    FROM_SIGHT = "画面か書類を目で確認" "seen on a screen or paper"
    FROM_STATUTE = "「法定負担割合のとおり」を年齢から" "statutory share, by age"
    FROM_DECLARATION = "本人の申立て" "declared by the patient"
    FROM_AGE = "年齢からの目安・要確認" "by age, to be confirmed"
    BASIS = "根拠" "basis"
    AS_OF = "いつの情報か" "as of"
    AS_OF_NONE = "確かめた情報なし" "nothing verified"
    FRESHNESS = "新しさ" "freshness"
    CLOCK = "この箱の時計" "clock"
    CLOCK_SURE = "確か" "sure"
    CLOCK_BEHIND = "遅れている（電池切れの疑い）" "behind: battery may be flat"
    CLOCK_AHEAD = "進みすぎている" "far ahead"
    FOR_DAY = "対象日" "for the day"
    PERSON = "本人" "person"
    NAME = "氏名" "name"
    SEX = "性別" "sex"
    MALE = "男" "male"
    FEMALE = "女" "female"
    UNSTATED = "記載なし" "not stated"
    INSURER = "保険者" "insurer"
    SYMBOL_NUMBER = "記号・番号・枝番" "symbol, number, branch"
    RELATION = "本人・家族" "relation"
    INSURED = "本人" "insured"
    FAMILY = "家族" "family"
    VALID = "資格の期間" "valid"
    LIMIT_CLASS = "限度額区分" "limit class"
    PAPER_READ = "読み取った書類" "paper read"
    CERTIFICATE = "資格確認書" "certificate"
    NOTICE = "資格情報のお知らせ" "notice"
    RECORDED_AS = "記録番号" "journal entry"
    PRINT_SLIP = "結果を印刷する（PDF）" "Print the result (PDF)"

    // Disaster mode.
    NOT_OPENED = "開設されていません" "Not opened"
    OPENED = "開設中" "Open"
    NOT_OPENED_HERE = "この施設では災害時モードが開設されていません。通常の資格確認はできます。" "Disaster mode is not open for this facility. Ordinary verification works."
    SCAN_ORDER = "開設指示のQRコードを読み取ってください" "Scan the code of the order"
    SCAN_FURTHER_ORDER = "延長・終了の指示を読み取る" "Scan an order that extends or closes it"
    ORDER_NUMBER = "指示番号" "order"
    PERIOD = "期間" "period"
    READ_ORDER = "指示を読み取る" "Read the order"
    FIND_PERSON = "患者を探す" "Find the patient"
    VIEWER = "閲覧する方" "who looks"
    STATEMENTS_HINT = "診療報酬の支払いを確かめたら破棄できます。" "They may be destroyed once the payment is confirmed."
    STATEMENT_DUE = "支払いを確かめて破棄してください" "confirm the payment, then destroy it"
    DESTROYED_BY = "破棄する方の氏名" "who destroys it"
    DESTROY = "破棄する" "destroy"
    STATEMENT_FORM = "被保険者資格申立書を作る" "make the statement of eligibility"
    STATEMENT_PRINT = "保管して印刷する" "keep and print"
    KANA = "フリガナ" "reading"
    DAY_HINT = "例 S31.11.1、1956-11-01" "a whole day in any form"
    LEVEL = "確認の程度" "how well checked"
    CODE_HERE = "コードをここへ読み取る" "scan the code here"
    FOUR_ITEMS_PRINT = "聞き取った内容を印刷する（PDF）" "print what was taken down (PDF)"
    PORTAL_FORM = "画面の種類" "what was shown"
    PORTAL_LIVE = "スマートフォンの画面" "the live page"
    PORTAL_PDF = "保存したPDF" "a saved PDF"
    LAST_VISIT = "前に受診した日" "day of the last visit"
    FROM_DISASTER = "災害で避難してきた方" "the patient comes from a disaster"
    NOT_TOLD = "聞いていない" "not told"
    NOT_PRINTED = "書かれていない" "not printed"
    VALID_UNTIL = "有効期限" "valid until"
    CONTACT = "連絡先" "contact"
    CLUE = "保険の種類" "kind of insurance"
    CLUE_EMPLOYEES = "勤め先の保険（勤め先を入れる）" "employees' (enter the employer)"
    CLUE_NATIONAL = "国民健康保険（住所を入れる）" "National Health (enter the address)"
    CLUE_LATE_STAGE = "後期高齢者医療（住所を入れる）" "late-stage (enter the address)"
    EMPLOYER = "勤め先" "employer"
    ADDRESS = "住所" "address"
    UNION = "国保組合の名称" "union's name"
    NOTHING_AT_ALL = "書類も番号もない方" "no paper and no number"
    CLAIM = "明細書に書き写す" "for the paper claim"
    CLAIM_RISKS = "返戻になりやすいところ" "what may bring it back"
    RULE_UNCONFIRMED = "（規則は未確認）" "(rule unconfirmed)"
    STATEMENTS = "保管中の申立書" "statements kept"
    VIEWER_NAME = "閲覧する方の氏名" "viewer's name"
    VIEWER_ROLE = "資格" "role"
    DOCTOR = "医師" "doctor"
    DENTIST = "歯科医師" "dentist"
    PHARMACIST = "薬剤師" "pharmacist"
    NAMED = "指名された方（被選定者）" "named person"
    PATIENT_NAME = "患者の氏名（漢字かカナ）" "patient's name, kanji or kana"
    SEX_UNKNOWN = "分からない" "not known"
    ADDRESS_PART = "住所の一部" "part of the address"
    SEARCH = "探す" "Search"
    SEARCH_AGAIN = "探し直す" "Search again"
    CANDIDATES = "候補" "candidates"
    NO_CANDIDATE_NEXT = "氏名をカナで、または生年月日を確かめて、もう一度探してください。見つからなくても、お薬手帳と聞き取りで診療できます。" "Search by kana, or check the birth date. Without a hit, use the notebook and ask the patient."
    PICK_NONE_YET = "まだどなたとも決まっていません。違いを見比べ、住所・保険者名・番号のどれか一つを聞いて入れてください。" "Nobody is chosen yet. Compare the differences, ask for one of address, insurer or number, and enter it."
    SOME_UNREADABLE = "地域データの一部が壊れていて読めません。探している方がその中にいるかもしれません。" "Part of the records cannot be read: the person may be among them."
    LOCAL_MATCHING = "照合はこの箱だけのもので、国の検索とは規則が違います。" "Matching is local and differs from the national search."
    DIFFERENCES = "聞いた内容との違い" "differs from what was asked"
    NO_DIFFERENCE = "違いなし（それだけでは本人の証明になりません）" "no difference (which alone proves nothing)"
    DIFFERS_VARIANT = "異体字（髙と高など）" "variant kanji"
    DIFFERS_UNREADABLE = "●（読めない字）を含む" "an unreadable character"
    DIFFERS_ALIAS = "通称で一致" "by alias"
    DIFFERS_KANA = "カナの濁点・長音が違う" "kana differ in voicing or long vowels"
    DIFFERS_PART = "氏名の一部だけ一致" "only part of the name"
    DIFFERS_SEX = "性別が違う" "another sex"
    DIFFERS_ADDRESS = "住所が違う" "another address"
    ALIAS = "通称" "alias"
    SECOND_FACT = "本人確認のためのもう一つの質問" "second fact"
    SECOND_FACT_ASK = "本人か付き添いに聞いたこと" "as told by the patient or a companion"
    FACT_ADDRESS = "住所（一部でよい）" "address or part of it"
    FACT_INSURER = "保険者名（一部でよい）" "insurer's name or part of it"
    FACT_NUMBER = "番号（下4桁以上）" "number, last four digits or more"
    CONSENT = "同意" "consent"
    CONSENT_ORAL = "口頭で同意を得た" "asked and given by word of mouth"
    CONSENT_UNABLE = "同意を聞けない（意識がないなど）" "cannot be asked (unconscious or the like)"
    REASON = "聞けない理由" "reason why not"
    REASON_HINT = "例：意識がない" "for example: unconscious"
    SHOW_DRUGS = "この方の薬を見る" "Show this person's drugs"
    DRUGS = "薬剤情報" "Drug history"
    LAG_NOTICE = "薬剤情報は調剤から11〜41日遅れます。電子処方箋の直近100日分の情報は含みません。最近の薬はお薬手帳と本人に確かめてください。" "Records lag 11 to 41 days behind dispensing. Recent e-prescription data (100 days) are not included. Ask for recent drugs and the notebook."
    CARE_ONLY = "診療のためだけに使えます。この閲覧は記録されました。" "For care only. This reading was recorded."
    NO_DRUGS = "この方の薬剤情報はありません。薬を飲んでいないとは限りません。" "No drug record. The person may well take drugs."
    COVERED = "載っている期間" "period covered"
    DISPENSED_ON = "調剤日" "dispensed"
    DRUG = "薬" "drug"
    DOSE = "用量・用法" "dose and use"
    DAYS = "日数・回数" "days or times"
    FACILITY = "調剤した所" "where"
    IN_HOUSE = "院内" "in-house"
    PHARMACY = "薬局" "pharmacy"
    SOURCE = "出所" "source"
    READ_AT = "閲覧日時" "read at"
    PRINT_SHEET = "薬の一覧を印刷する（PDF）" "Print the list (PDF)"
    CLOSE = "災害時モードを閉じる" "Close disaster mode"
    CLOSED_BY = "閉じる方の氏名" "name of who closes it"
    CLOSE_NOTE = "期間内なら、指示をもう一度読み取れば開けます。" "While the order runs, scanning it again opens it."

    // The box itself.
    VERSION = "版" "version"
    FACILITY_NAME = "施設" "facility"
    NOW = "いま（この箱の時計）" "now, by this box"
    SNAPSHOT = "地域データ" "regional snapshot"
    SNAPSHOT_PEOPLE = "登録されている人" "people in it"
    SNAPSHOT_DISPENSINGS = "調剤の記録" "dispensings in it"
    TRUST_LIST = "信頼リスト（発行元の一覧）" "trust list"
    TRUST_DUE = "信頼リスト（発行元の一覧）の次の更新" "next trust list due"
    JOURNAL = "記録（件数）" "journal entries"
    OUTBOX = "ハブへの未送信" "waiting for the hub"
    OUTBOX_REJECTED = "ハブが受け取れなかった記録" "entries the hub could not use"
    NONE_HELD = "なし" "none"
    STORE = "地域データの保存先" "store of the snapshot"
    STORE_HEALTHY = "傷みは見つかっていません" "no damage found"
    STORE_EMPTY = "まだ空です" "still empty"
    STORE_CLOSED = "使っていません" "not in use"
    STORE_REBUILDING = "作り直しています。今答えられるものはそのまま使えます。" "being rebuilt; what answers now keeps answering"
    STORE_BEHIND = "差分が壊れています。差分の前の時点のデータで答えています。" "the last changes are damaged: answering as of the data before them"
    STORE_DAMAGED = "壊れています。取り込み直してください。" "damaged: fetch or import the data again"
    EXAMINED = "点検" "self-check"
    LAST_EXCHANGE = "最後のやり取り" "last exchange"
    SYNC = "ハブ・USBメモリーとやり取り" "Hub and USB stick"
    SYNC_NOW = "いまやり取りする" "Exchange now"
    SYNC_HINT = "やり取りは裏で行います。受付はそのまま使えます。終わるとこの表の「最後のやり取り」に出ます。" "This runs behind the counter. When it is done, the table says so under 'last exchange'."
    SYNC_ASKED = "頼みました。少し待ってから、この画面をもう一度開いてください。" "Asked for. Wait a little, then open this page again."
    NOTHING_TO_FIX = "直すところはありません" "nothing to fix"
    WORD_GOOD = "良好" "good"
    WORD_WATCH = "注意" "watch"
    WORD_BAD = "要対応" "act"
    WORD_PLAIN = "情報" "for information"
    OVERDUE = "期限切れ" "overdue"

    // Refusals.
    NOT_TAKEN = "受け付けられません" "Not accepted"
    NOT_NOW = "いまはできません" "Not possible now"
    CODE_FOR_PHONE = "電話で伝える符号" "code for the telephone"
    BACK_TO_DISASTER = "災害時モードの画面に戻る" "Back to disaster mode"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_speaks_both_languages() {
        for phrase in ALL {
            assert!(!phrase.ja.is_empty() && !phrase.ja.is_ascii(), "{phrase:?}");
            assert!(!phrase.en.is_empty() && phrase.en.is_ascii(), "{phrase:?}");
        }
    }
}
