//! What the room `credential` may refuse.

use crate::messages::catalogue;

catalogue! {
    CODE_EMPTY = "code_empty" BadInput {
        "コードの数字が読み取れませんでした。"
        "No digits of a code were read."
        "コード全体にかざして、もう一度読み取ってください。"
        "Hold the reader over the whole code and read it again."
    }
    CODE_NOT_OURS = "code_not_ours" BadInput {
        "資格確認書・お知らせのコードではありません。別の種類のコードです。"
        "This is not a code of a certificate or notice, but of another kind."
        "資格確認書かお知らせのQRコードを読み取ってください。"
        "Read the QR code on the certificate or the notice."
    }
    CODE_OTHER_KIND = "code_other_kind" BadInput {
        "Sonae のコードですが、ここで使うものとは別の種類です。"
        "This is a code of Sonae, but of a kind that is not used here."
        "資格確認書は窓口の画面で、災害の指示書は災害モードの画面で読み取ってください。"
        "Read certificates on the counter's page, and disaster orders on the disaster page."
    }
    CODE_NEWER_VERSION = "code_newer_version" BadInput {
        "この箱より新しい形式のコードです。偽物とは限りません。"
        "The code's format is newer than this box. It need not be a forgery."
        "Sonae を更新してください。それまでは別の方法で確認してください。"
        "Update Sonae. Until then, verify another way."
    }
    CODE_TRUNCATED = "code_truncated" BadInput {
        "コードが途中までしか読めていません。"
        "The code was read only in part."
        "もう一度、最後まで読み取ってください。"
        "Read it again, to the end."
    }
    CODE_TOO_LONG = "code_too_long" BadInput {
        "コードが長すぎます。二度読みか、余分な文字が入っています。"
        "The code is too long: read twice, or something was typed in between."
        "入力を消して、一度だけ読み取ってください。"
        "Clear the field and read it once."
    }
    CODE_GARBLED = "code_garbled" BadInput {
        "コードの読み取りに誤りがあります。偽物という意味ではありません。"
        "The code was misread. That does not mean it is forged."
        "もう一度読み取ってください。汚れや折り目があれば伸ばしてください。"
        "Read it again. Flatten folds and wipe off dirt."
    }
    CERTIFICATE_MALFORMED = "certificate_malformed" BadInput {
        "コードは正しく読めましたが、中身が決められた形式ではありません。"
        "The code was read well, but what it holds is not in the agreed form."
        "別の方法で確認し、発行した保険者に知らせてください。"
        "Verify another way, and tell the insurer who issued it."
    }
    CLAIMS_MALFORMED = "claims_malformed" BadInput {
        "発行者の署名は正しいのですが、書かれた内容が決められた形式ではありません。発行の誤りです。"
        "The issuer's signature is right, but what was signed is not in the agreed form. It was issued wrongly."
        "別の方法で確認し、発行し直すよう保険者に知らせてください。"
        "Verify another way, and ask the insurer to issue it anew."
    }
    ISSUER_UNKNOWN = "issuer_unknown" Refused {
        "発行者がこの箱の信頼リスト（発行元の一覧）にないため、確認できません。偽物とは限りません。"
        "The issuer is not on this box's trust list, so this cannot be verified. It need not be a forgery."
        "信頼リストを更新して読み直すか、別の方法で確認してください。"
        "Update the trust list and read again, or verify another way."
    }
    CERTIFICATE_FORGED = "certificate_forged" Refused {
        "署名が合いません。改ざんされたか偽物です。"
        "The signature does not fit. It was altered or forged."
        "この書面では確認せず、別の方法で確認して、保険者に知らせてください。"
        "Do not rely on this paper. Verify another way, and tell the insurer."
    }
    ISSUER_OUT_OF_SCOPE = "issuer_out_of_scope" Refused {
        "発行者が、発行してよい範囲の外の書面に署名しています。"
        "The issuer signed a paper it may not issue."
        "この書面では確認せず、別の方法で確認して、保険者に知らせてください。"
        "Do not rely on this paper. Verify another way, and tell the insurer."
    }
    ISSUER_COMPROMISED = "issuer_compromised" Refused {
        "発行者の署名の鍵が盗まれたと届け出られています。本物かどうか分かりません。"
        "The issuer's signing key is reported as compromised. Whether this is genuine cannot be told."
        "別の方法で確認し、新しい書面を保険者に求めるよう伝えてください。"
        "Verify another way, and advise asking the insurer for a new paper."
    }
    ISSUER_KEY_ENDED = "issuer_key_ended" Refused {
        "発行者の署名の鍵の有効期間が終わっているため、確認できません。"
        "The validity of the issuer's signing key has ended, so this cannot be verified."
        "信頼リストを更新して読み直すか、別の方法で確認してください。"
        "Update the trust list and read again, or verify another way."
    }
    ISSUER_KEY_NOT_YET = "issuer_key_not_yet" Refused {
        "交付日が、発行者の署名の鍵の有効期間より前です。"
        "The paper's issue date lies before the issuer's signing key was valid."
        "別の方法で確認し、発行した保険者に知らせてください。"
        "Verify another way, and tell the insurer who issued it."
    }
    CLAIMS_UNFIT = "claims_unfit" BadInput {
        "この内容は資格確認書のコードにできません。何も発行していません。"
        "These details cannot be put into a certificate's code. Nothing was issued."
        "氏名・番号・日付を確かめて、もう一度行ってください。"
        "Check the name, numbers and dates, then try again."
    }
    CLAIMS_TOO_LONG = "claims_too_long" TooLarge {
        "内容が長すぎて、一つのQRコードに収まりません。何も発行していません。"
        "The details are too long for one QR code. Nothing was issued."
        "氏名やフリガナを短くして、もう一度行ってください。"
        "Shorten the name or the kana, then try again."
    }
    REVOCATION_LIST_MALFORMED = "revocation_list_malformed" BadInput {
        "失効リストとして読めません。今のリストを使い続けます。"
        "This is not readable as a revocation list. The list held stays in use."
        "もう一度受け取り、続くときは発行元に知らせてください。"
        "Fetch it again; if it stays, tell its publisher."
    }
    REVOCATION_LIST_UNTRUSTED = "revocation_list_untrusted" Refused {
        "失効リストの署名を確認できないため、使いません。"
        "The revocation list's signature cannot be verified, so it is not used."
        "信頼リストを更新し、失効リストを受け取り直してください。"
        "Update the trust list, and fetch the revocation list again."
    }
    REVOCATION_LIST_OLDER = "revocation_list_older" Refused {
        "この失効リストは、今のものより古いため使いません。"
        "This revocation list is older than the one held and is not used."
        "何もしなくて大丈夫です。新しいリストがあれば、それを読み込んでください。"
        "Nothing to do: the newer list stays. If there is a newer one, load that."
    }
    REVOCATIONS_FROM_THE_FUTURE = "revocations_from_the_future" Refused {
        "この失効リストの作成日は、まだ来ていない日です。使いません。"
        "This revocation list is dated in the future. It is not used."
        "この箱の日付を確かめてください。合っていれば、発行元に日付の誤りを知らせてください。"
        "Check this box's date. If it is right, tell whoever signed this that their date is wrong."
    }
}
