//! What the room `domain` may refuse.

use crate::messages::catalogue;

catalogue! {
    VALUE_EMPTY = "empty" BadInput {
        "値が入っていません。"
        "There is no value."
        "調べたい番号や日付を入力してください。"
        "Enter the number or date to be checked."
    }
    VALUE_NOT_DIGITS = "not_digits" BadInput {
        "数字でない文字が入っています。"
        "There are characters that are not digits."
        "数字だけを、券面のとおりに入力してください。"
        "Enter the digits alone, as printed."
    }
    VALUE_WRONG_LENGTH = "wrong_length" BadInput {
        "桁数が合いません。"
        "The number of digits does not fit."
        "抜けた数字や余分な数字がないか、券面と見比べてください。"
        "Compare it with the paper: a digit may be missing or too many."
    }
    VALUE_TOO_LONG = "value_too_long" TooLarge {
        "値が長すぎます。"
        "The value is too long."
        "一度に一つの値だけを入力してください。"
        "Enter one value at a time."
    }
    VALUE_NOT_A_DATE = "not_a_date" BadInput {
        "日付として読めません。"
        "This cannot be read as a date."
        "令和8年11月22日、R8.11.22、2026-11-22 のように入力してください。"
        "Enter it like 2026-11-22, R8.11.22 or 20261122."
    }
    VALUE_DATE_INCOMPLETE = "date_incomplete" BadInput {
        "年・月・日のどれかが書かれていません。"
        "Year, month or day is missing."
        "年月日まで確かめて入力してください。"
        "Ask for the whole date and enter it."
    }
    VALUE_BORN_LATER = "born_later" BadInput {
        "生年月日が、調べる日より後です。"
        "The date of birth is later than the day asked about."
        "生年月日と調べる日を確かめてください。"
        "Check the date of birth and the day."
    }
    VALUE_NOT_A_DRUG_CODE = "not_a_drug_code" BadInput {
        "医薬品コードの形ではありません。"
        "This does not have the form of a drug code."
        "YJ コード12桁、レセプト電算コード9桁、HOT コード7・9・11・13桁のどれかを入力してください。"
        "Enter a YJ code (12), a receipt code (9) or a HOT code (7, 9, 11 or 13 digits)."
    }
    VALUE_NOT_KANA = "no_kana_at_all" BadInput {
        "仮名が一文字もありません。"
        "There is not one kana in it."
        "読みをカタカナかひらがなで入力してください。"
        "Enter the reading in katakana or hiragana."
    }
    VALUE_NOT_A_NAME = "not_a_name" BadInput {
        "氏名の文字が一つも読めません。"
        "Not one letter of a name can be read."
        "氏名を漢字か仮名で入力してください。"
        "Enter the name in kanji or kana."
    }
    NAMES_NOT_COMPARABLE = "names_not_comparable" BadInput {
        "読みと漢字の氏名は比べられません。"
        "A reading and a name in kanji cannot be compared."
        "漢字どうし、または仮名どうしを入力してください。"
        "Enter both in kanji or both in kana."
    }
    VALUE_NOT_INSURED = "not_insured_number" BadInput {
        "記号・番号・枝番として読めません。"
        "This cannot be read as symbol, number and branch."
        "「記号 12-34 番号 567 枝番 01」のように、番号は必ず入力してください。"
        "Enter it like: 記号 12-34 番号 567 枝番 01. There must be a 番号."
    }
    VALUE_NOT_A_SEX = "not_a_sex" BadInput {
        "性別として読めません。"
        "This cannot be read as a sex."
        "男・女、または 1・2・3 を入力してください。書かれていなければ空のままにしてください。"
        "Enter 男 or 女, or 1, 2 or 3. Leave it empty if the paper does not say."
    }
    VALUE_NOT_A_RATIO = "not_a_ratio" BadInput {
        "負担割合として読めません。"
        "This cannot be read as a share."
        "3割、30%、030 のように入力してください。"
        "Enter it like 3割, 30% or 030."
    }
    PAPER_PROFILES_UNREADABLE = "paper_profiles_unreadable" BadInput {
        "様式の一覧（レイアウト）を使えません。"
        "The layout profiles of papers cannot be used."
        "詳細（detail）にある様式の項目を直してください。書き方は assets/papers.toml と同じです。"
        "Correct the profile named in detail. The form is that of assets/papers.toml."
    }
}
