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
        "月または日が書かれていないので、割合を決められません。"
        "Month or day are missing, so the share cannot be told."
        "生年月日を年月日まで確かめてください。"
        "Ask for the full date of birth."
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
    PAPER_PROFILES_UNREADABLE = "paper_profiles_unreadable" BadInput {
        "様式の一覧（レイアウト）を使えません。"
        "The layout profiles of papers cannot be used."
        "詳細（detail）にある様式の項目を直してください。書き方は assets/papers.toml と同じです。"
        "Correct the profile named in detail. The form is that of assets/papers.toml."
    }
}
