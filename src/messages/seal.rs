//! What the keys may refuse.

use crate::messages::catalogue;

catalogue! {
    SIGNATURE_MALFORMED = "signature_malformed" BadInput {
        "署名された形式として読めません。"
        "This is not readable as a signed item."
        "もう一度読み取り、続くときは発行元に知らせてください。"
        "Read it again; if it stays, tell whoever issued it."
    }
    SIGNER_UNKNOWN = "signer_unknown" Refused {
        "署名した相手がこの箱の信頼リスト（発行元の一覧）にありません。"
        "The signer is not on this box's trust list."
        "信頼リストを更新してから、もう一度試してください。偽物とは限りません。"
        "Update the trust list, then try again. It need not be a forgery."
    }
    SIGNATURE_FORGED = "signature_forged" Refused {
        "署名が合いません。改ざんされたか偽物です。"
        "The signature does not fit. It was altered or forged."
        "使わないでください。発行元に知らせ、別の方法で確認してください。"
        "Do not use it. Tell the issuer, and verify another way."
    }
    KEY_WEAK = "key_weak" Refused {
        "使ってはならない弱い鍵です。"
        "This key is weak and must not be used."
        "この鍵の持ち主に、新しい鍵を求めてください。"
        "Ask the owner of this key for a new one."
    }
    UNSEAL_FAILED = "unseal_failed" Refused {
        "暗号を解けません。鍵が違うか、内容が壊れています。"
        "This cannot be decrypted: another key, or damaged content."
        "この箱あてのものか確かめ、正しいものを取り直してください。"
        "Check that it is meant for this box, and fetch it again."
    }
    PASSPHRASE_WRONG = "passphrase_wrong" Locked {
        "合言葉が違います。"
        "The passphrase is wrong."
        "合言葉を確かめて、もう一度入れてください。"
        "Check the passphrase and enter it again."
    }
}
