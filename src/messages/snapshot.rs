//! What the room `snapshot` may refuse.

use crate::messages::catalogue;

catalogue! {
    RELEASE_NEWER_FORMAT = "release_newer_format" Refused {
        "この地域データは、この箱より新しい形式です。"
        "This release has a newer format than this box knows."
        "箱のソフトウェアを更新してから、もう一度取り込んでください。"
        "Update this box's software, then import the release again."
    }
    RELEASE_AS_OF_AFTER_MADE = "release_as_of_after_made" Refused {
        "この地域データの基準日は、作られた日時より後になっています。取り込みませんでした。"
        "This release describes a later day than it was made on. It was not imported."
        "発行元に知らせ、基準日を直して作り直したものを受け取ってください。"
        "Tell the publisher, and fetch one made anew with the right day."
    }
    AS_OF_IN_THE_FUTURE = "as_of_in_the_future" BadInput {
        "--as-of の日付が今日より後です。何も作りませんでした。"
        "The day given as --as-of is still to come. Nothing was made."
        "年を打ち間違えていないか、このコンピューターの時計が合っているかを確かめてください。"
        "Check the year for a slip, and this computer's clock."
    }
    DELTA_ONE_SIDED = "delta_one_sided" BadInput {
        "薬剤・健診・診療のどれかで、前と後のファイルの片方しか指定されていません。全員の記録が一度に消えるか増えることになるため、何も作りませんでした。"
        "Of dispensings, check-ups or visits only the file before or only the one after was named. Everybody's rows would go or come at once; nothing was made."
        "両方を指定するか、両方とも省いてください (省いた種類は変わりません)。本当に全員分がなくなるか初めて加わるときは、もう片方に見出しの行だけのファイルを指定してください。"
        "Name both, or neither: a kind left out stays as it is. Where all rows really go, or come for the first time, let the other be a file of headings alone."
    }
    RELEASE_MALFORMED = "release_malformed" BadInput {
        "地域データの形式が正しくありません。取り込みませんでした。"
        "The release is not well formed. It was not imported."
        "発行元から取り直し、続くときは発行元に知らせてください。"
        "Fetch it again from the publisher; if it stays, tell the publisher."
    }
    RELEASE_TRUNCATED = "release_truncated" BadInput {
        "地域データが途中で切れています。取り込みませんでした。"
        "The release breaks off in the middle. It was not imported."
        "もう一度ダウンロードするか、USB メモリーへのコピーをやり直してください。"
        "Download it again, or copy it to the stick again."
    }
    RELEASE_TOO_LONG = "release_too_long" BadInput {
        "地域データのファイルに余分な内容が付いています。取り込みませんでした。"
        "A file of the release is longer than its manifest says. It was not imported."
        "発行元から取り直してください。別の版のファイルが混ざっているかもしれません。"
        "Fetch it again from the publisher. Files of another version may be mixed in."
    }
    RELEASE_ALTERED = "release_altered" Refused {
        "地域データの中身が署名された内容と違います。取り込みませんでした。"
        "The release's content is not what was signed. It was not imported."
        "このコピーは使わず、別の経路で取り直してください。続くときは発行元に知らせてください。"
        "Do not use this copy; fetch it another way. If it stays, tell the publisher."
    }
    RELEASE_NOT_FOR_THIS_BOX = "release_not_for_this_box" Refused {
        "この地域データは、この箱あてに発行されていません。"
        "This release was not made for this box."
        "この箱の登録を発行元に確かめ、登録後の版を取り込んでください。"
        "Ask the publisher whether this box is enrolled, and import a release made after that."
    }
    RELEASE_BLOCK_TOO_LARGE = "release_block_too_large" TooLarge {
        "一か所に記録が集まりすぎて、地域データを作れません。"
        "Too many records fall into one block; the release cannot be made."
        "同じ記号・番号の行が異常に多くないか、元のデータを確かめてください。"
        "Check the source for an unusual number of rows with the same symbol and number."
    }
    OPENING_OTHER = "opening_other" Refused {
        "この開封の鍵は、別の地域データのためのものです。"
        "This opening secret belongs to another release."
        "今の地域データに合う開封命令か封筒を使ってください。"
        "Use the order or the envelopes that go with the release held here."
    }
    OPENING_WRONG = "opening_wrong" Refused {
        "開封の鍵が合いません。薬剤情報は閉じたままです。"
        "The opening secret does not fit. The drug records stay shut."
        "封筒の内容をもう一度入れるか、命令を発行元に確かめてください。"
        "Enter the envelopes' content again, or verify the order with whoever issued it."
    }
    SNAPSHOT_BLOCK_DAMAGED = "snapshot_block_damaged" Unavailable {
        "地域データのこの部分が壊れていて読めません。資格の有無は分かりません。"
        "This part of the regional data is damaged. It cannot be told whether the person is insured."
        "別の方法で資格を確認し、地域データを取り込み直してください。"
        "Verify the insurance another way, and import the regional data again."
    }
    DRUG_KEY_OTHER_RELEASE = "drug_key_other_release" Conflict {
        "地域データが新しくなったため、薬剤情報の鍵が合いません。"
        "The regional data was renewed; the drug key belongs to the former release."
        "開封の操作をもう一度行ってください。"
        "Open the drug records again."
    }
    RELEASE_READ_FAILED = "release_read_failed" Unavailable {
        "地域データを最後まで読み取れませんでした。"
        "The release could not be read to its end."
        "接続か USB メモリーを確かめて、もう一度試してください。"
        "Check the connection or the stick, then try again."
    }
    RELEASE_SIGNED_FOR_ANOTHER = "release_signed_for_another" Refused {
        "地域データと、この施設が受け取った資格情報とを取り違えています。取り込みませんでした。"
        "A region's release and a facility's own records were confused. Nothing was imported."
        "地域の発行元が配ったデータかどうかを確かめてください。"
        "Find out whether this is what the region's publisher handed out."
    }
    CSV_HEADER_WRONG = "csv_header_wrong" BadInput {
        "列の見出しが正しくないため、CSV ファイルを読めません。"
        "The CSV file cannot be read: its column headings are not the ones expected."
        "一行目の列名と文字コード (UTF-8 か CP932) を手引きと見比べてください。列名が違うときは --columns で対応を渡せます。"
        "Compare the first row and the encoding (UTF-8 or CP932) with the guide. Other headings can be named with --columns."
    }
    CSV_COLUMN_TWICE = "csv_column_twice" BadInput {
        "CSV ファイルに、同じ見出しの列が二つあります。"
        "The CSV file has two columns with the same heading."
        "どちらが正しいかを確かめ、もう一方の列を消すか名前を変えてください。"
        "Find out which of them is right, and remove or rename the other."
    }
    CSV_COLUMNS_UNREADABLE = "csv_columns_unreadable" BadInput {
        "列の対応を書いたファイルを使えません。"
        "The file that names the columns cannot be used."
        "表の名前と列の名前を手引きと見比べてください。必ず書く列は空にできません。"
        "Compare its tables and column names with the guide. A column that must be filled cannot be left out."
    }
    CSV_UNREADABLE = "csv_unreadable" BadInput {
        "CSV ファイルを最後まで読み取れませんでした。"
        "The CSV file could not be read to its end."
        "ファイルのあるディスクか USB メモリーを確かめ、写し直してからもう一度試してください。"
        "Check the disk or stick it lies on, copy it anew, then try again."
    }
    CSV_NOBODY = "csv_nobody" BadInput {
        "CSV ファイルに、読める人の行が一つもありません。地域データは作りませんでした。"
        "Not one row of the CSV file of people can be read. No release was made."
        "日付・番号・区分の書き方を手引きと見比べてください。"
        "Compare the dates, numbers and words in it with the guide."
    }
    DELTA_OTHER_ROOT = "delta_other_root" Refused {
        "この差分は、この箱にあるものとは別の地域データに続くものです。取り込みませんでした。"
        "This delta belongs to another whole release than the one held. It was not imported."
        "全体版を取り込むか、今の版に続く差分を取り直してください。"
        "Import the whole release, or fetch the deltas that follow the one held."
    }
}
