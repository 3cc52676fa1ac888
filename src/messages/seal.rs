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
    SHARE_UNREADABLE = "share_unreadable" BadInput {
        "封筒の番号として読めません。"
        "This is not readable as a share."
        "封筒の用紙のコードか数字を、もう一度読み取るか入れ直してください。"
        "Scan the code of the sheet in the envelope again, or type its digits again."
    }
    SHARE_NEWER_VERSION = "share_newer_version" BadInput {
        "この封筒は新しい版の Sonae が作ったものです。"
        "This share was made by a newer version of Sonae."
        "新しい版の Sonae を入れてから、もう一度試してください。"
        "Install the newer version of Sonae, then try again."
    }
    SHARES_UNFIT = "shares_unfit" BadInput {
        "この人数には分けられません（2人以上で開き、全部で9人まで）。"
        "A secret cannot be split like this: at least two to open, at most nine in all."
        "必要な人数と全部の人数を確かめて、もう一度行ってください。"
        "Check how many are needed and how many there are, and try again."
    }
    SHARES_TOO_FEW = "shares_too_few" Locked {
        "人数が足りません。別の封筒か鍵の分けた部分がもう一つ要ります。"
        "There are too few shares: another envelope or key share is needed."
        "ほかの保管者の封筒か鍵も一緒に入れてください。"
        "Bring another holder's envelope or key share too."
    }
    SHARE_TWICE = "share_twice" BadInput {
        "同じ封筒か鍵が二度入れられました。"
        "The same share was handed in twice."
        "別の保管者のものを入れてください。"
        "Hand in another holder's share."
    }
    SHARES_OF_DIFFERENT_SETS = "shares_of_different_sets" Refused {
        "別々の組のものが混ざっています。"
        "These shares are of different sets."
        "封筒の組番号と作成日を見比べ、同じ組のものをそろえてください。"
        "Compare set and date on the sheets and bring shares of one set."
    }
    SHARES_FALSE = "shares_false" Refused {
        "同じ組のはずですが、合わせても正しい鍵になりません。偽物か写し間違いがあります。"
        "The shares claim one set but do not give its secret: one is false or wrongly copied."
        "台帳の確認番号と見比べ、三つ目の封筒でも試してください。合わないものは使わず、発行元に知らせてください。"
        "Compare the fingerprints with the register and try with a third share; tell the publisher which one does not fit."
    }
    SHARE_MISTYPED = "share_mistyped" BadInput {
        "封筒の数字に打ち間違いがあります。"
        "The digits of a share are mistyped."
        "知らされた組の数字を見比べて、入れ直してください。"
        "Compare the group named with the sheet and type it again."
    }
}
