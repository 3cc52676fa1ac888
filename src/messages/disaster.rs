//! What the room `disaster` may refuse.

use crate::messages::catalogue;

catalogue! {
    ORDER_OTHER_KIND = "order_other_kind" BadInput {
        "これは災害の指示書のコードではなく、資格確認書のコードです。"
        "This is not a disaster order's code but a certificate's."
        "災害の指示書のQRコードを読み取ってください。"
        "Read the QR code on the disaster order."
    }
    ORDER_MALFORMED = "order_malformed" BadInput {
        "災害の指示書として読めません。"
        "This is not readable as a disaster order."
        "もう一度読み取り、続くときは発令した自治体に知らせてください。"
        "Read it again; if it stays, tell the authority that gave it."
    }
    ORDER_SIGNER_UNKNOWN = "order_signer_unknown" Refused {
        "発令者がこの箱の信頼リスト（発行元の一覧）にないため、確認できません。偽物とは限りません。"
        "The authority is not on this box's trust list, so the order cannot be verified. It need not be a forgery."
        "信頼リストを更新して読み直すか、封筒による開設を行ってください。"
        "Update the trust list and read again, or open with the sealed envelopes."
    }
    ORDER_FORGED = "order_forged" Refused {
        "指示書の署名が合いません。改ざんされたか偽物です。"
        "The order's signature does not fit. It was altered or forged."
        "使わないでください。発令した自治体に電話で確かめてください。"
        "Do not use it. Ask the authority by telephone."
    }
    ORDER_SIGNER_COMPROMISED = "order_signer_compromised" Refused {
        "発令者の署名の鍵が盗まれたと届け出られています。"
        "The authority's signing key is reported as compromised."
        "使わないでください。発令した自治体に電話で確かめてください。"
        "Do not use it. Ask the authority by telephone."
    }
    ORDER_KEY_ENDED = "order_key_ended" Refused {
        "発令者の署名の鍵の有効期間が終わっているため、確認できません。"
        "The validity of the authority's signing key has ended, so the order cannot be verified."
        "信頼リストを更新するか、新しい指示書を求めてください。"
        "Update the trust list, or ask for a new order."
    }
    ORDER_KEY_NOT_YET = "order_key_not_yet" Refused {
        "指示書の日付が、発令者の署名の鍵の有効期間より前です。"
        "The order's date lies before the authority's signing key was valid."
        "発令した自治体に電話で確かめてください。"
        "Ask the authority by telephone."
    }
    ORDER_OUT_OF_SCOPE = "order_out_of_scope" Refused {
        "発令者の管轄ではない地域の指示書です。"
        "The order names an area its authority does not answer for."
        "その地域の自治体が出した指示書を読み取ってください。"
        "Read an order given by that area's own authority."
    }
    ORDER_DATES_WRONG = "order_dates_wrong" BadInput {
        "指示書の期間が正しくありません。"
        "The order's period cannot be meant."
        "期間を確かめ、発令した自治体に新しい指示書を求めてください。"
        "Check the period, and ask the authority for a new order."
    }
    ORDER_UNFIT = "order_unfit" BadInput {
        "この内容は指示書のコードにできません。何も発行していません。"
        "These details cannot be put into an order's code. Nothing was issued."
        "地域の数と理由の長さを確かめて、もう一度行ってください。"
        "Check the number of areas and the length of the reason, then try again."
    }
    ORDER_OTHER_AREA = "order_other_area" Refused {
        "この施設のある市区町村は、指示書の地域に入っていません。"
        "This facility's municipality is not in the order's areas."
        "この地域の指示書があるか、自治体に確かめてください。"
        "Ask the authority whether there is an order for this area."
    }
    ORDER_ENDED = "order_ended" Refused {
        "指示書の期間が終わっています。"
        "The order's period is over."
        "続いているときは、自治体から新しい指示書を受け取ってください。"
        "If the disaster goes on, get a new order from the authority."
    }
    ORDER_NOT_YET = "order_not_yet" Refused {
        "指示書の期間がまだ始まっていません。"
        "The order's period has not begun."
        "この箱の日付を確かめ、開始日にもう一度読み取ってください。"
        "Check this box's date, and read it again on the first day."
    }
    ORDER_OLDER = "order_older" Refused {
        "同じ番号の、より新しい指示書をすでに読み込んでいます。"
        "A newer revision of this order is already held."
        "何もしなくて大丈夫です。新しい版があれば、それを読み取ってください。"
        "Nothing to do: the newer revision stays. If there is a newer one, read that."
    }
}
