//! What the room `scan` may refuse.

use crate::messages::catalogue;

catalogue! {
    PICTURE_UNKNOWN_KIND = "picture_unknown_kind" BadInput {
        "この種類のファイルは読めません（PNG・JPEG・PDF だけ読めます）。"
        "This kind of file cannot be read; only PNG, JPEG and PDF can."
        "書類を写真に撮るか PDF にして、もう一度選んでください。番号を手で入れることもできます。"
        "Take a photo or make a PDF and choose it again; or type the number."
    }
    PICTURE_TOO_LARGE = "picture_too_large" TooLarge {
        "ファイルが大きすぎます。読み込みませんでした。"
        "The file is too large. It was not read."
        "コードの部分だけを撮り直すか、200〜300dpi で取り込み直してください。"
        "Photograph the code alone, or scan again at 200 to 300 dpi."
    }
    PICTURE_TOO_MANY_PIXELS = "picture_too_many_pixels" TooLarge {
        "画像の縦横が大きすぎます。読み込みませんでした。"
        "The picture has too many pixels. It was not read."
        "コードの部分だけを撮り直すか、200〜300dpi で取り込み直してください。"
        "Photograph the code alone, or scan again at 200 to 300 dpi."
    }
    PICTURE_DAMAGED = "picture_damaged" BadInput {
        "ファイルが途中で切れているか、壊れています。"
        "The file is cut off or damaged."
        "もう一度撮るか、もう一度取り込んでください。"
        "Take the picture or scan the paper again."
    }
    PICTURE_LOCKED = "picture_locked" Locked {
        "パスワードのかかった PDF は読めません。"
        "A PDF with a password cannot be read."
        "印刷してコードを読み取るか、画面を写真に撮ってください。"
        "Print it and scan the code, or photograph the screen."
    }
    PICTURE_WITHOUT_CODE = "picture_without_code" BadInput {
        "画像の中にQRコードが見つかりません。"
        "No QR code was found in the picture."
        "コードの周りの白い枠まで入れて、影や反射のないように撮り直すか、番号を手で入れてください。"
        "Take it again with the white frame in view and without shadow or glare, or type the number."
    }
    FOREIGN_HC1 = "foreign_hc1" BadInput {
        "これは海外のワクチン接種などの健康証明（HC1）です。保険の確認には使えません。"
        "This is a foreign health certificate (HC1). It says nothing about insurance."
        "資格確認書か、お知らせのコードを読み取ってください。"
        "Scan the certificate or the notice instead."
    }
    FOREIGN_SHC = "foreign_shc" BadInput {
        "これはワクチン接種証明書（SMART Health Card）です。保険の確認には使えません。"
        "This is a vaccination certificate (SMART Health Card). It says nothing about insurance."
        "資格確認書か、お知らせのコードを読み取ってください。"
        "Scan the certificate or the notice instead."
    }
    FOREIGN_URL = "foreign_url" BadInput {
        "これはホームページの案内用のコードです。開きません。"
        "This code is a web address. It is not opened."
        "同じ書類に別のコードがあればそれを読み取るか、番号を手で入れてください。"
        "Scan another code on the paper if there is one, or type the number."
    }
    FOREIGN_PERSONAL_NUMBER = "foreign_personal_number" Refused {
        "これはマイナンバー（個人番号）のようです。ここでは使えません。記録していません。"
        "This looks like a personal number (My Number). It must not be used here and was not kept."
        "保険者番号・記号・番号を入れるか、資格確認書のコードを読み取ってください。"
        "Type insurer number, symbol and number, or scan the certificate."
    }
    FOREIGN_INSURER_NUMBER = "foreign_insurer_number" BadInput {
        "これは保険者番号のようです。番号だけでは確認できません。"
        "This looks like an insurer number. It is not enough alone."
        "「番号を一つずつ入れる」で、記号・番号・生年月日と一緒に入れてください。"
        "Enter it in the form together with symbol, number and birth date."
    }
    FOREIGN_DRUG_SYMBOL = "foreign_drug_symbol" BadInput {
        "これはお薬手帳か処方箋のコードです。保険の確認には使えません。"
        "This is a code of a drug notebook or a prescription. It says nothing about insurance."
        "資格確認書かお知らせのコードを読み取ってください。薬の中身は sonae notebook read で読めます。"
        "Scan the certificate or the notice; `sonae notebook read` shows the drugs."
    }
    PICTURE_TOO_BUSY = "picture_too_busy" BadInput {
        "画像に、コードに似た模様が多すぎて読めません。"
        "There is too much on the picture that looks like a code. It was not read."
        "コードだけが大きく写るように撮り直すか、番号を手で入れてください。"
        "Take it again with the code alone in view, or type the number."
    }
    CHAIN_WITHOUT_FIRST = "chain_without_first" BadInput {
        "何枚かで一組のQRコードですが、一枚目がありません。"
        "The codes are a set of several, and the first is not there."
        "一枚目から全部のQRコードを、もう一度撮るか選んでください。"
        "Photograph or choose all codes of the set, from the first."
    }
    CHAINS_MIXED = "chains_mixed" BadInput {
        "二組のQRコードが混ざっていて、分けられません。"
        "Codes of two sets are mixed and cannot be told apart."
        "一組だけが写るように撮り直してください。"
        "Photograph the codes of one set alone."
    }
    FOREIGN_2D_DOC = "foreign_2d_doc" BadInput {
        "これはフランスの電子印付き書類のコード（2D-Doc）です。保険の確認には使えません。"
        "This is a French sealed document (2D-Doc). It says nothing about insurance here."
        "資格確認書か、お知らせのコードを読み取ってください。"
        "Scan the certificate or the notice instead."
    }
    FOREIGN_CREDENTIAL_BARCODE = "foreign_credential_barcode" BadInput {
        "これは海外のデジタル証明書のコード（VC1）です。ここでは確かめられません。"
        "This is a digital credential of another system (VC1). It cannot be checked here."
        "資格確認書か、お知らせのコードを読み取ってください。"
        "Scan the certificate or the notice instead."
    }
    FOREIGN_PRESCRIPTION_VOUCHER = "foreign_prescription_voucher" BadInput {
        "これは電子処方箋の引換番号控えのコードです。資格の確認には使えません。"
        "This is the slip of an electronic prescription. It does not prove eligibility."
        "資格確認書かお知らせのコードを読み取ってください。控えは患者に返し、薬局で渡すように伝えてください。"
        "Scan the certificate or the notice; give the slip back for the pharmacy."
    }
    FOREIGN_PRODUCT_NUMBER = "foreign_product_number" BadInput {
        "これは商品の番号（JAN）のようです。"
        "This looks like the number of a product (JAN)."
        "商品ではなく、資格確認書かお知らせのコードを読み取ってください。"
        "Scan the certificate or the notice, not a package."
    }
    FOREIGN_CONTACT_CARD = "foreign_contact_card" BadInput {
        "これは名刺や連絡先のコードです。記録していません。"
        "This is a visiting card. It was not kept."
        "資格確認書か、お知らせのコードを読み取ってください。"
        "Scan the certificate or the notice instead."
    }
    FOREIGN_MAIL = "foreign_mail" BadInput {
        "これはメールを書くためのコードです。送りません。"
        "This code is for writing a mail. Nothing is sent."
        "同じ書類に別のコードがあればそれを読み取るか、番号を手で入れてください。"
        "Scan another code on the paper if there is one, or type the number."
    }
    FOREIGN_TELEPHONE = "foreign_telephone" BadInput {
        "これは電話番号のコードです。かけません。"
        "This code is a telephone number. It is not called."
        "同じ書類に別のコードがあればそれを読み取るか、番号を手で入れてください。"
        "Scan another code on the paper if there is one, or type the number."
    }
    FOREIGN_WIFI = "foreign_wifi" BadInput {
        "これは Wi-Fi につなぐためのコードです。つなぎません。"
        "This code is for joining a wireless network. It is not joined."
        "資格確認書か、お知らせのコードを読み取ってください。"
        "Scan the certificate or the notice instead."
    }
    FOREIGN_UNKNOWN = "foreign_unknown" BadInput {
        "読み取れましたが、資格確認に使えるコードではありません。"
        "It was read, but it is not a code for eligibility."
        "同じ書類に別のコードがあればそれを読み取るか、番号を手で入れてください。"
        "Scan another code on the paper if there is one, or type the number."
    }
}
