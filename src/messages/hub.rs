//! What the room `hub` may refuse.

use crate::messages::catalogue;

catalogue! {
    HUB_BATCH_MISNAMED = "hub_batch_misnamed" BadInput {
        "束の名前と中身が合いません。途中で壊れたか、置き換えられています。"
        "The batch's name does not fit its content: it was damaged or replaced on the way."
        "送り元の箱でもう一度同期してください。"
        "Sync again from the box that sent it."
    }
    HUB_BATCH_ELSEWHERE = "hub_batch_elsewhere" Refused {
        "束が別の箱の置き場にあります。"
        "The batch lies in another box's place."
        "USBメモリーの中身を人の手で動かしていないか確かめ、送り元の箱でもう一度同期してください。"
        "Check that nobody moved files on the stick, and sync again from the box that sent it."
    }
    HUB_CARD_MALFORMED = "hub_card_malformed" BadInput {
        "箱の登録票が読めません。"
        "The box's card cannot be read."
        "箱で登録票を出し直し、もう一度登録してください。"
        "Export the card again on the box, then enrol it."
    }
    HUB_BOX_TAKEN = "hub_box_taken" Conflict {
        "同じ名前の箱が別の鍵で登録されています。"
        "A box of this name is enrolled with other keys."
        "箱の持ち主に電話で確かめてください。取り違えか、なりすましのおそれがあります。"
        "Call the owner of the box: it is a mix-up, or somebody pretends to be it."
    }
    HUB_NAME_NOT_PUBLIC = "hub_name_not_public" BadInput {
        "この名前では公開できません。"
        "Nothing can be published under this name."
        "trust、revocations、orders、releases のどれかに置く名前を使ってください。"
        "Use a name below trust, revocations, orders or releases."
    }
    HUB_PUBLICATION_OLDER = "hub_publication_older" Conflict {
        "公開中のものより古いため、公開しませんでした。"
        "This is older than what is published; it was not published."
        "発行元から最新のものを受け取ってください。"
        "Get the newest one from whoever issues it."
    }
    HUB_PUBLICATION_MALFORMED = "hub_publication_malformed" BadInput {
        "公開しようとしたものが読めません。"
        "What was to be published cannot be read."
        "ファイルが完全か確かめ、もう一度受け取ってください。"
        "Check that the file is whole, and get it again."
    }
    HUB_RELEASE_CHANGED = "hub_release_changed" Conflict {
        "同じ版の別のリリースがすでに公開されています。"
        "Another release of the same version is already published."
        "版を上げて作り直してください。公開済みのものは変えません。"
        "Build it again with a higher version; what is published is never changed."
    }
    HUB_KEYS_MISSING = "hub_keys_missing" NotFound {
        "ハブの鍵がありません。"
        "There are no hub keys."
        "sonae hub init で鍵を作ってください。"
        "Make them with `sonae hub init`."
    }
    HUB_KEYS_EXIST = "hub_keys_exist" Conflict {
        "ハブの鍵はすでにあります。上書きしません。"
        "The hub already has keys. They are not overwritten."
        "今の鍵を使うか、別の場所を指定してください。"
        "Use those keys, or name another place."
    }
    HUB_KEYS_MALFORMED = "hub_keys_malformed" BadInput {
        "ハブの鍵のファイルが壊れています。"
        "The hub's key file is damaged."
        "控えから戻してください。失うと、届いた記録を開けなくなります。"
        "Restore it from its backup: without it, delivered records cannot be opened."
    }
    HUB_BUSY = "hub_busy" Unavailable {
        "ハブが応じられません。"
        "The hub cannot answer now."
        "しばらくして、もう一度試してください。"
        "Try again in a while."
    }
    HUB_NOTHING_HERE = "hub_nothing_here" NotFound {
        "その名前のものはハブにありません。"
        "The hub holds nothing by this name."
        "名前を確かめてください。"
        "Check the name."
    }
    HUB_BODY_TOO_LARGE = "hub_body_too_large" TooLarge {
        "送られたものが大きすぎます。"
        "What was sent is too large."
        "束を小さく分けて、もう一度送ってください。"
        "Divide it into smaller batches and send them again."
    }
    HUB_ROOT_CHANGED = "hub_root_changed" Conflict {
        "同じ番号で中身の違うルート文書がすでに公開されています。"
        "Another root document of this number is already published."
        "公開済みのものは変えません。番号の次のものか、正しいファイルかを確かめてください。"
        "What is published is never changed. Check that this is the next one and the right file."
    }
    HUB_ORDER_CHANGED = "hub_order_changed" Conflict {
        "同じ番号と版の別の指示書がすでに公開されています。"
        "Another order of this number and revision is already published."
        "版を上げた指示書を発行元から受け取ってください。公開済みのものは変えません。"
        "Get one with a higher revision from the authority; what is published is never changed."
    }
}
