//! What the room `sync` may refuse.

use crate::messages::catalogue;

catalogue! {
    HUB_AWAY = "hub_away" Unavailable {
        "ハブに届きません。窓口の業務はそのまま続けられます。"
        "The hub cannot be reached. Work at the counter goes on as it is."
        "何もしなくて構いません。回線が戻れば自動で届きます。急ぐときはUSBメモリーで届けてください。"
        "Nothing needs doing: it is sent when the line is back. If it is urgent, carry it on a USB stick."
    }
    LINK_ITEM_MISSING = "link_item_missing" NotFound {
        "ハブまたはUSBメモリーにその項目がありません。"
        "The hub or the stick does not hold this item."
        "次の同期でもう一度確かめます。続くときはハブの管理者に知らせてください。"
        "It is asked for again at the next sync; if it stays missing, tell the hub's administrator."
    }
    LINK_ITEM_TOO_LARGE = "link_item_too_large" TooLarge {
        "届いた項目が大きすぎるため、受け取りませんでした。"
        "The item offered is too large and was not taken."
        "ハブの管理者に知らせてください。今あるデータはそのまま使えます。"
        "Tell the hub's administrator. What this box holds stays in use."
    }
    HUB_REFUSED = "hub_refused" Refused {
        "ハブが受け付けませんでした。"
        "The hub refused the request."
        "ハブの宛先とこの箱の登録を管理者に確かめてください。記録はこの箱に残っています。"
        "Have the administrator check the hub's address and this box's enrolment. The records stay on this box."
    }
    LINK_URL_NOT_ALLOWED = "link_url_not_allowed" BadInput {
        "ハブの宛先として使えません。暗号化された https:// か、フォルダーを指定してください。"
        "This cannot be used as the hub's address: it must be https:// or a folder."
        "宛先を https:// で始まるものに直してください。http:// はこの機械自身にだけ使えます。"
        "Give an address that begins with https://. Plain http:// is for this very machine alone."
    }
    LINK_FOLDER_MISSING = "link_folder_missing" NotFound {
        "同期に使うフォルダーがありません。"
        "The folder to sync with does not exist."
        "USBメモリーが差してあるか、場所の名前が正しいかを確かめてください。"
        "Check that the stick is plugged in and that its place is named rightly."
    }
    LINK_OFFERS_NOTHING = "link_offers_nothing" NotFound {
        "相手には一覧（index.cbor）がなく、取り込むものはありませんでした。"
        "There is no index (index.cbor), so nothing was offered."
        "ハブで sonae hub --stick により用意したUSBメモリーか確かめてください。この箱の記録は預けられます。"
        "Check that the stick was prepared at the hub (`sonae hub --stick`). It can still carry this box's records."
    }
    LINK_BARE_RELEASE = "link_bare_release" NotFound {
        "このフォルダーは地域データそのもので、一覧（index.cbor）がありません。取り込むものはありませんでした。"
        "This folder is a bare release without an index (index.cbor). Nothing was taken from it."
        "sonae region import にこのフォルダーを指定して取り込んでください。"
        "Take it in with `sonae region import`, naming this folder."
    }
    LINK_NAME_BAD = "link_name_bad" BadInput {
        "項目の名前に使えない文字があります。"
        "The item's name holds characters that are not allowed."
        "使わないでください。ハブの管理者に知らせてください。"
        "Do not use it. Tell the hub's administrator."
    }
    INDEX_MALFORMED = "index_malformed" BadInput {
        "ハブの一覧が読めません。"
        "The hub's index cannot be read."
        "次の同期でもう一度読みます。続くときはハブの管理者に知らせてください。"
        "It is read again at the next sync; if it stays, tell the hub's administrator."
    }
    BATCH_MALFORMED = "batch_malformed" BadInput {
        "送られた記録の束が読めません。"
        "The batch of records cannot be read."
        "送り元の箱でもう一度同期してください。続くときは箱の版を確かめてください。"
        "Sync again from the box that sent it; if it stays, check that box's version."
    }
    BATCH_TOO_LARGE = "batch_too_large" TooLarge {
        "記録の束が大きすぎます。"
        "The batch of records is too large."
        "束を小さく分けて、もう一度送ってください。"
        "Divide it into smaller batches and send them again."
    }
    BOX_NOT_ENROLLED = "box_not_enrolled" Refused {
        "この箱はハブに登録されていません。"
        "This box is not enrolled at the hub."
        "箱の登録票をハブに登録してから、もう一度送ってください。記録は箱に残っています。"
        "Enrol the box's card at the hub, then send again. The records stay on the box."
    }
    RECEIPT_MALFORMED = "receipt_malformed" BadInput {
        "ハブの受領書が読めません。記録は送信待ちのままです。"
        "The hub's receipt cannot be read. The records stay in the outbox."
        "次の同期で受け取り直します。続くときはハブの管理者に知らせてください。"
        "It is fetched again at the next sync; if it stays, tell the hub's administrator."
    }
    RECEIPT_FOR_OTHER_BOX = "receipt_for_other_box" Refused {
        "この受領書は別の箱のものです。記録は送信待ちのままです。"
        "This receipt belongs to another box. The records stay in the outbox."
        "USBメモリーを取り違えていないか確かめ、ハブの管理者に知らせてください。"
        "Check that the stick was not mixed up, and tell the hub's administrator."
    }
    RECEIPT_FOR_OTHER_BATCH = "receipt_for_other_batch" Refused {
        "この受領書は別の束のものです。記録は送信待ちのままです。"
        "This receipt is for another batch. The records stay in the outbox."
        "次の同期で正しい受領書を受け取ります。続くときはハブの管理者に知らせてください。"
        "The right receipt is fetched at the next sync; if it stays, tell the hub's administrator."
    }
}
