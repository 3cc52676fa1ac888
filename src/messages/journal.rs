//! What the journal may refuse.

use crate::messages::catalogue;

catalogue! {
    JOURNAL_DAMAGED = "journal_damaged" Conflict {
        "記録簿の途中が壊れているか、書き換えられています。"
        "The journal is damaged or was altered in the middle."
        "元のファイルに触れず複製を取り、sonae journal verify の結果を管理者に見せてください。"
        "Leave the file as it is, make a copy, and show the result of `sonae journal verify` to your administrator."
    }
    JOURNAL_STOPPED = "journal_stopped" Unavailable {
        "記録簿に書けなかったため、これ以上の操作を止めました。"
        "The journal could not be written, so nothing more is done."
        "ディスクの空きと接続を確かめ、Sonae を起動し直してください。"
        "Check the disk's space and cable, then restart Sonae."
    }
    JOURNAL_ENTRY_TOO_LARGE = "journal_entry_too_large" TooLarge {
        "記録の一件が大きすぎます。"
        "One journal entry is too large."
        "検索を絞って、もう一度行ってください。"
        "Narrow the search and try again."
    }
    JOURNAL_FULL = "journal_full" TooLarge {
        "記録簿が上限に達しました。"
        "The journal has reached its ceiling."
        "管理者に連絡し、記録簿を書き出して保管してください。"
        "Call your administrator to export and store the journal."
    }
    JOURNAL_KEY_WRONG = "journal_key_wrong" Locked {
        "記録簿の暗号を解けません。この記録簿の鍵ではありません。"
        "The journal cannot be decrypted: this is not its key."
        "この箱の合言葉とデータの場所を確かめてください。"
        "Check the passphrase and that the data directory belongs to this box."
    }
}
