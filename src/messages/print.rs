//! What the room `print` may refuse.

use crate::messages::catalogue;

catalogue! {
    PRINT_QR_TOO_LONG = "print_qr_too_long" TooLarge {
        "QRコードに入れる内容が長すぎて印刷できません。"
        "The content is too long for a printed QR code."
        "氏名や記号など長い項目を確かめるか、件数を分けて印刷してください。"
        "Check long fields such as the name or symbol, or print fewer records at a time."
    }
    PRINT_NOT_DIGITS = "print_not_digits" BadInput {
        "印刷する符号が数字だけではありません。"
        "The code to print is not made of digits alone."
        "書類をもう一度発行してから印刷してください。"
        "Issue the paper again, then print it."
    }
    PRINT_TOO_MANY_PAGES = "print_too_many_pages" TooLarge {
        "ページ数が多すぎるため、印刷をやめました。"
        "There are too many pages. Nothing was printed."
        "期間を短くするか、件数を分けて印刷してください。"
        "Choose a shorter period, or print fewer records at a time."
    }
    PRINT_FONT_BROKEN = "print_font_broken" Unavailable {
        "印刷用の文字（フォント）を読み込めません。"
        "The fonts for printing cannot be read."
        "プログラムが壊れています。管理者に入れ直してもらってください。画面の表示は使えます。"
        "The program file is damaged: have it installed again. The screen can still be used."
    }
}
