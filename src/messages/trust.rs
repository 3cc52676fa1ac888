//! What the room `trust` may refuse.

use crate::messages::catalogue;

catalogue! {
    TRUST_LIST_OLDER = "trust_list_older" Refused {
        "この信頼リストは、今のものより古いため使いません。"
        "This trust list is older than the one held and is not used."
        "何もしなくて大丈夫です。新しいリストがあれば、それを読み込んでください。"
        "Nothing to do: the newer list stays. If there is a newer one, load that."
    }
    TRUST_LIST_MALFORMED = "trust_list_malformed" BadInput {
        "信頼リストとして読めません。今のリストを使い続けます。"
        "This is not readable as a trust list. The list held stays in use."
        "発行元からもう一度受け取り、続くときは発行元に知らせてください。"
        "Fetch it from the publisher again; if it stays, tell the publisher."
    }
    TRUST_LIST_STRANGER = "trust_list_stranger" Refused {
        "この箱の知らない発行元が署名した信頼リストです。使いません。"
        "This trust list is signed by a root this box does not know. It is not used."
        "この地域のリストか確かめ、正しいものを発行元から受け取ってください。"
        "Check that it is this region's list, and fetch the right one from the publisher."
    }
    TRUST_LIST_FORGED = "trust_list_forged" Refused {
        "信頼リストの署名が合いません。改ざんされたか偽物です。"
        "The trust list's signature does not fit. It was altered or forged."
        "使わないでください。発行元に知らせてください。"
        "Do not use it. Tell the publisher."
    }
    TRUST_LIST_TOO_LARGE = "trust_list_too_large" TooLarge {
        "信頼リストが大きすぎます。読み込みませんでした。"
        "The trust list is too large. It was not read."
        "正しいファイルか確かめてください。"
        "Check that this is the right file."
    }
    KEY_NOT_YET_VALID = "key_not_yet_valid" Refused {
        "署名の鍵の有効期間がまだ始まっていません。"
        "The signing key is not valid yet."
        "この箱の日付を確かめ、信頼リストを更新してください。"
        "Check this box's date and update the trust list."
    }
    KEY_ENDED = "key_ended" Refused {
        "署名の鍵の有効期間が終わっています。"
        "The signing key's validity has ended."
        "信頼リストを更新し、新しい鍵で署名されたものを受け取ってください。"
        "Update the trust list, and fetch what is signed with the new key."
    }
    KEY_RETIRED = "key_retired" Refused {
        "この地域データは、使われなくなった鍵で署名されています。取り込みませんでした。手元のデータはこれまでどおり使えます。"
        "This release is signed with a key that was retired. It was not imported; what is held answers as before."
        "発行元に、新しい鍵で署名された地域データを求めてください。"
        "Ask the publisher for a release signed with the new key."
    }
    KEY_COMPROMISED = "key_compromised" Refused {
        "署名の鍵が盗まれたと届け出られています。"
        "The signing key is reported as compromised."
        "使わないでください。新しい鍵で署名し直されたものを求めてください。"
        "Do not use it. Ask for one signed again with a new key."
    }
    TRUST_LIST_FROM_THE_FUTURE = "trust_list_from_the_future" Refused {
        "この信頼リストの作成日は、まだ来ていない日です。使いません。"
        "This trust list is dated in the future. It is not used."
        "この箱の日付を確かめてください。合っていれば、発行元に日付の誤りを知らせてください。"
        "Check this box's date. If it is right, tell whoever signed this that their date is wrong."
    }
    TRUST_LIST_THRESHOLD = "trust_list_threshold" Refused {
        "信頼リストに、必要な人数の署名がそろっていません。使いません。"
        "Too few root holders have signed this trust list. It is not used."
        "署名がそろったリストを発行元から受け取ってください。"
        "Fetch the list that enough holders have signed from the publisher."
    }
    TRUST_LIST_CHANGED = "trust_list_changed" Refused {
        "この信頼リストは、今のものと同じ番号なのに中身が違います。使いません。"
        "This trust list has the number of the one held and another content. It is not used."
        "今のリストを使い続けます。発行元に、同じ番号で2つ出ていると知らせてください。"
        "The list held stays in use. Tell the publisher that there are two under one number."
    }
    TRUST_LIST_ROOT_UNKNOWN = "trust_list_root_unknown" Refused {
        "この信頼リストは、この箱がまだ持っていない新しいルート文書の鍵で署名されています。"
        "This trust list is signed under a newer root document than this box holds."
        "sonae sync でルート文書から順に取り込んでください。"
        "Fetch the root documents first, in order, with `sonae sync`."
    }
    TRUST_LIST_ROOT_REPLACED = "trust_list_root_replaced" Refused {
        "この信頼リストは、もう交代した古いルート鍵で署名されています。使いません。"
        "This trust list is signed under root keys that have been replaced. It is not used."
        "今の鍵で署名されたリストを発行元から受け取ってください。"
        "Fetch the list signed under the present root from the publisher."
    }
    ROOT_ABSENT = "root_absent" Locked {
        "この箱にはルート文書がないので、信頼リストを確かめられません。"
        "This box has no root document, so it can check no trust list."
        "発行元のルート文書を使って、箱を作り直してください。"
        "Make the box anew with the publisher's root document."
    }
    ROOT_MISSING = "root_missing" Refused {
        "この箱が前に受け取ったルート文書が、ディスクから失われています。"
        "Root documents that this box took before are lost from the disk."
        "sonae sync で取り込み直してください。それまで古い鍵のものは受け取りません。"
        "Fetch them again with `sonae sync`. Nothing under older keys is taken meanwhile."
    }
    ROOT_TOO_LARGE = "root_too_large" TooLarge {
        "ルート文書が大きすぎます。読み込みませんでした。"
        "The root document is too large. It was not read."
        "正しいファイルか確かめてください。"
        "Check that this is the right file."
    }
    ROOT_MALFORMED = "root_malformed" BadInput {
        "ルート文書として読めません。"
        "This is not readable as a root document."
        "発行元からもう一度受け取り、続くときは発行元に知らせてください。"
        "Fetch it from the publisher again; if it stays, tell the publisher."
    }
    ROOT_KEY_TWICE = "root_key_twice" Refused {
        "ルート文書に同じ鍵が2度載っています。使いません。"
        "One key stands on this root document twice. It is not used."
        "発行元に、鍵の重なりをなくして作り直すよう求めてください。"
        "Ask the publisher for one on which each key stands once."
    }
    ROOT_THRESHOLD_IMPOSSIBLE = "root_threshold_impossible" BadInput {
        "ルート文書の必要な署名の数が、鍵の数と合いません。"
        "The number of signatures this root document asks for does not fit its keys."
        "1以上、鍵の数以下にして作り直してください。"
        "Make it anew with at least one and at most as many as there are keys."
    }
    ROOT_GAP = "root_gap" Refused {
        "ルート文書の番号が飛んでいます。間のものが要ります。"
        "This root document does not follow the one held: one between is missing."
        "間のルート文書から、番号の順に取り込んでください。"
        "Load the documents between first, in order of their numbers."
    }
    ROOT_OLDER = "root_older" Refused {
        "このルート文書は、今のものより古いため使いません。"
        "This root document is older than the one held and is not used."
        "何もしなくて大丈夫です。今のものを使い続けます。"
        "Nothing to do: the newer one stays."
    }
    ROOT_CHANGED = "root_changed" Refused {
        "この番号のルート文書は、この箱が知っているものと中身が違います。使いません。"
        "A root document of this number is known here with another content. It is not used."
        "使わないでください。発行元に知らせてください。"
        "Do not use it. Tell the publisher."
    }
    ROOT_MISPLACED = "root_misplaced" Refused {
        "ルート文書の番号が、名前の番号と違います。使いません。"
        "This root document is of another number than its name says. It is not used."
        "正しい名前のものを、発行元から受け取ってください。"
        "Fetch the right one from the publisher."
    }
    ROOT_TOO_MANY = "root_too_many" Refused {
        "ルート文書の番号が上限を超えています。使いません。"
        "This root document's number is past the last there may be. It is not used."
        "発行元に知らせてください。"
        "Tell the publisher."
    }
    ROOT_FORMER_HOLDERS = "root_former_holders" Refused {
        "このルート文書には、前の鍵の持ち主の署名が足りません。使いません。"
        "Too few holders of the former root have signed this one. It is not used."
        "前の持ち主と新しい持ち主の両方が署名したものを、発行元から受け取ってください。"
        "Fetch the one that both the former and the new holders have signed."
    }
    ROOT_OWN_HOLDERS = "root_own_holders" Refused {
        "このルート文書には、新しい鍵の持ち主の署名が足りません。使いません。"
        "Too few of its own holders have signed this root document. It is not used."
        "必要な人数が署名したものを、発行元から受け取ってください。"
        "Fetch the one that enough of them have signed from the publisher."
    }
}
