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
}
