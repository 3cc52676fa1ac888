//! What the room `cache` may refuse.

use crate::messages::catalogue;

catalogue! {
    RELEASE_OLDER = "release_older" Refused {
        "この地域データは、今あるものより古い版です。取り込みませんでした。"
        "This release is older than the one held. It was not imported."
        "新しい版を取り直してください。古い版を渡した相手に理由を確かめてください。"
        "Fetch the newest release, and ask whoever handed you the old one why."
    }
    RELEASE_ALREADY_HELD = "release_already_held" Conflict {
        "この地域データはすでに取り込まれています。"
        "This release is already held."
        "何もする必要はありません。"
        "Nothing needs to be done."
    }
    RELEASE_CONFLICTS = "release_conflicts" Refused {
        "同じ版番号で中身の違う地域データです。取り込みませんでした。"
        "This release bears the held version's number with other content. It was not imported."
        "使わずに、発行元へ知らせてください。"
        "Do not use it, and tell the publisher."
    }
    RELEASE_OTHER_REGION = "release_other_region" Refused {
        "この箱が持つ地域とは別の地域のデータです。取り込みませんでした。"
        "This release covers another region than the one this box holds. It was not imported."
        "この箱の地域のデータを選んでください。箱を移すときは管理者に頼んでください。"
        "Choose the release of this box's region. To move the box, ask the administrator."
    }
    DELTA_WITHOUT_BASE = "delta_without_base" Conflict {
        "この差分の元になる地域データが、この箱で使える状態にありません。取り込みませんでした。"
        "This box has no release in use that the delta could build on. It was not imported."
        "先に全体版を取り込んでください。"
        "Import the whole release first."
    }
    DELTA_WRONG_BASE = "delta_wrong_base" Refused {
        "この差分は、この箱にある版に続くものではありません。取り込みませんでした。"
        "This delta does not follow the release held. It was not imported."
        "全体版を取り込むか、今の版に続く差分を取り直してください。"
        "Import the whole release, or fetch the deltas that follow the one held."
    }
    DELTA_OUT_OF_ORDER = "delta_out_of_order" Conflict {
        "この差分の前に取り込むべき差分が抜けています。取り込みませんでした。"
        "A delta before this one is missing. It was not imported."
        "抜けている差分を古い順に取り込むか、全体版を取り込んでください。"
        "Import the missing deltas first, oldest first, or the whole release."
    }
    DELTAS_TOO_MANY = "deltas_too_many" Refused {
        "差分の数が上限に達しました。取り込みませんでした。"
        "As many deltas are held as a box can hold. It was not imported."
        "全体版を取り込んでください。"
        "Import the whole release."
    }
    CACHE_MISSING = "cache_missing" Unavailable {
        "地域データの保存先が見つかりません。"
        "The stored regional data is missing."
        "sonae sync か sonae region import で取り込み直してください。壊れたものは脇によけて残します。"
        "Fetch it again with `sonae sync` or `sonae region import`; what is damaged is moved aside and kept."
    }
    CACHE_DAMAGED = "cache_damaged" Unavailable {
        "保存された地域データが壊れています。何も消していません。"
        "The stored regional data is damaged. Nothing was deleted."
        "sonae sync か sonae region import で取り込み直してください。壊れたものは脇によけて残します。"
        "Fetch it again with `sonae sync` or `sonae region import`; what is damaged is moved aside and kept."
    }
    CACHE_POINTER_DAMAGED = "cache_pointer_damaged" Unavailable {
        "どの地域データを使うかの記録が壊れています。何も消していません。"
        "The note of which regional data to use is damaged. Nothing was deleted."
        "sonae sync か sonae region import で取り込み直してください。壊れたものは脇によけて残します。"
        "Fetch it again with `sonae sync` or `sonae region import`; what is damaged is moved aside and kept."
    }
    CACHE_NO_SPACE = "cache_no_space" Unavailable {
        "空き容量が足りず、地域データを取り込めません。今のデータはそのまま使えます。"
        "There is not enough free space to import the release. The present data keeps answering."
        "不要なファイルを消すか大きなディスクに替えて、もう一度行ってください。"
        "Free some space or use a larger disk, then try again."
    }
    CACHE_BUSY = "cache_busy" Conflict {
        "地域データの取り込みがすでに進んでいます。"
        "An import of regional data is already under way."
        "終わるまで待ってください。"
        "Wait until it has finished."
    }
    CACHE_STORE_FAILED = "cache_store_failed" Unavailable {
        "地域データを保存できませんでした。今のデータはそのまま使えます。"
        "The regional data could not be stored. The present data keeps answering."
        "もう一度試し、続くときは sonae doctor の結果を管理者に見せてください。"
        "Try again; if it stays, show the result of `sonae doctor` to your administrator."
    }
    CACHE_NOT_DELIVERED = "cache_not_delivered" Unavailable {
        "配信された地域データの控えがこの箱にないため、作り直せません。今答えられるものはそのまま使えます。"
        "No copy of the delivered release is kept on this box, so the store cannot be rebuilt. What answers now keeps answering."
        "sonae sync で取り直すか、sonae region import にフォルダーを渡してください。"
        "Fetch it again with `sonae sync`, or hand a folder to `sonae region import`."
    }
    CACHE_CHANGES_DAMAGED = "cache_changes_damaged" Unavailable {
        "地域データにあとから届いた差分が壊れています。差分の前の時点のデータで答え、回答にその日付を示します。"
        "The changes that came after the regional data are damaged. The box answers as of the data before them, and says so in each answer."
        "sonae sync か sonae region import で差分か新しい地域データを取り込み直してください。続くときは記憶装置の交換を管理者に相談してください。"
        "Fetch the changes or a newer release again with `sonae sync` or `sonae region import`. If it comes back, ask your administrator about replacing the storage."
    }
    RELEASE_FROM_THE_FUTURE = "release_from_the_future" Refused {
        "この地域データの日付は、まだ来ていない日です。取り込みませんでした。"
        "This release is dated in the future. It was not imported."
        "この箱の日付を確かめてください。合っていれば、発行元に日付の誤りを知らせてください。"
        "Check this box's date. If it is right, tell whoever signed this that their date is wrong."
    }
    READING_OF_MANY = "reading_of_many" BadInput {
        "この読みの方が多すぎて、読みだけでは探せません。"
        "Too many people have this reading to be searched by it alone."
        "生年月日か生まれた年（昭和25年、1950など）も入れて探し直してください。"
        "Add the birth date or the year of birth (1950) and search again."
    }
}
