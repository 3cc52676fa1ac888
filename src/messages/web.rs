//! What the room `web` may refuse.

use crate::messages::catalogue;

catalogue! {
    FOREIGN_HOST = "foreign_host" Refused {
        "この画面の住所ではないため、答えません。"
        "This is not the address of this page, so it is not answered."
        "箱の画面に書かれた住所（127.0.0.1）で開いてください。"
        "Open it by the address shown on the box (127.0.0.1)."
    }
    FOREIGN_ORIGIN = "foreign_origin" Refused {
        "ほかのサイトから送られた依頼なので、受け付けません。"
        "The request was sent by another site, so it is refused."
        "Sonae の画面を開いて、そこから行ってください。"
        "Open the page of Sonae itself and do it there."
    }
    NO_SUCH_PAGE = "no_such_page" NotFound {
        "このページはありません。"
        "There is no such page."
        "「受付」に戻ってください。"
        "Go back to the counter page."
    }
    WRONG_METHOD = "wrong_method" BadInput {
        "この操作はここではできません。"
        "This cannot be done here in this way."
        "「受付」に戻って、もう一度行ってください。"
        "Go back to the counter page and do it again."
    }
    UPLOAD_TOO_LARGE = "upload_too_large" TooLarge {
        "画像が大きすぎます（8 MBまで）。読み取りませんでした。"
        "The picture is too large (8 MB at most). It was not read."
        "小さく撮り直すか、符号の部分だけを撮ってください。"
        "Take a smaller picture, or one of the code alone."
    }
    REQUEST_TOO_LARGE = "request_too_large" TooLarge {
        "送られた内容が長すぎます。"
        "What was sent is too long."
        "一度に一人分だけを入れてください。"
        "Enter one person at a time."
    }
    REQUEST_CUT = "request_cut" BadInput {
        "送信が途中で切れました。何も変更していません。"
        "The request was cut off on its way. Nothing was changed."
        "もう一度送ってください。"
        "Send it again."
    }
    FORM_UNREADABLE = "form_unreadable" BadInput {
        "入力欄を読み取れません。何も変更していません。"
        "The form cannot be read. Nothing was changed."
        "ページを開き直して、もう一度入れてください。"
        "Open the page anew and enter it again."
    }
    JSON_UNREADABLE = "json_unreadable" BadInput {
        "JSON を読めないか、知らない項目があります。"
        "The JSON cannot be read, or it has an unknown field."
        "項目の名前と形を、取り決めの文書と見比べてください。"
        "Compare the names and forms of the fields with the contract."
    }
    WORD_UNKNOWN = "word_unknown" BadInput {
        "選べない値が入っています。"
        "There is a value that cannot be chosen."
        "表示された選択肢から選んでください。"
        "Choose one of those offered."
    }
    BRANCH_UNREADABLE = "branch_unreadable" BadInput {
        "枝番は2桁の数字です。"
        "A branch number has two digits."
        "書類の枝番を入れるか、空けておいてください。"
        "Enter the branch as printed, or leave it empty."
    }
    ASKED_TWICE = "asked_twice" BadInput {
        "符号と番号の両方が入っています。"
        "Both a code and numbers were given."
        "どちらか一つだけにしてください。"
        "Give one of them only."
    }
    PICTURE_MISSING = "picture_missing" BadInput {
        "画像が選ばれていません。"
        "No picture was chosen."
        "写真かPDFを選んでから、もう一度押してください。"
        "Choose a photo or a PDF, then press again."
    }
    PAGE_FAILED = "page_failed" Unavailable {
        "この答えを表示できませんでした。"
        "This answer could not be shown."
        "もう一度行い、続くときは管理者に伝えてください。"
        "Do it again; if it stays, tell your administrator."
    }
    LISTENER_FAILED = "listener_failed" Unavailable {
        "画面の受け口を開けません。"
        "The door for the pages cannot be opened."
        "別の番号（ポート）を指定して、もう一度起動してください。"
        "Name another port and start again."
    }
}
