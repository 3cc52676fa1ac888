//! What the appliance as a whole may refuse.

use crate::messages::catalogue;

catalogue! {
    OWN_NOTHING_READ = "own_nothing_read" BadInput {
        "受け取った資格情報が一件もありません。何も変えませんでした。"
        "Not one received record can be read. Nothing was changed."
        "日付・番号・区分の書き方を手引きと見比べてください。"
        "Compare the dates, numbers and words in the file with the guide."
    }
    OWN_MOMENT_MISSING = "own_moment_missing" BadInput {
        "いつ受け取った資格情報なのかが書かれていません。何も変えませんでした。"
        "It is not said when the records were received. Nothing was changed."
        "--received-at に受け取った日時を書くか、received_at の列を加えてください。"
        "Give the moment with --received-at, or add the column received_at."
    }
    OWN_FROM_THE_FUTURE = "own_record_from_the_future" Refused {
        "受け取った日時が、この箱の時計より先です。何も変えませんでした。"
        "A record bears a moment of receiving later than this box's clock. Nothing was changed."
        "受け取った日時と、この箱の時計を確かめてください。"
        "Check the moment of receiving and this box's clock."
    }
    OWN_NOTHING_YET = "own_nothing_yet" NotFound {
        "この施設が受け取った資格情報は、まだ一件もありません。"
        "This facility has not received any record yet."
        "sonae own add で取り込めます。"
        "Take them in with `sonae own add`."
    }
    OWN_RECORDS_LOST = "own_records_lost" Unavailable {
        "この施設が受け取った資格情報の一部が失われています。"
        "Some of what this facility received is lost."
        "受け取った資格情報をもう一度取り込み、ディスクを確かめてください。"
        "Take in the received records once more, and have the disk looked at."
    }
    OWN_RECORDS_CUT = "own_records_cut" Unavailable {
        "受け取った資格情報の最後の書き込みが途中で切れていたため、切り取りました。"
        "The last writing of received records was cut short; its remains were cut off."
        "最後に取り込んだものを、もう一度取り込んでください。"
        "Take in once more what was taken in last."
    }
    STORE_NEWER = "data_newer_version" Conflict {
        "このデータは新しい版の Sonae が作ったものです。何も変更していません。"
        "This data directory belongs to a newer version of Sonae. Nothing was changed."
        "新しい版の Sonae を入れてから、もう一度起動してください。"
        "Install the newer version of Sonae, then start again."
    }
    STORE_ABSENT = "data_absent" NotFound {
        "ここに Sonae のデータはありません。"
        "There is no Sonae data here."
        "--data の場所を確かめるか、sonae serve で新しく始めてください。"
        "Check --data, or begin anew with `sonae serve`."
    }
    FACILITY_MISSING = "facility_missing" BadInput {
        "どの施設の箱か決まっていないので、新しく始められません。"
        "A new box cannot be begun without knowing whose it is."
        "設定ファイルの [facility] に医療機関コード・名称・市区町村コードを書いてください。"
        "Write code, name and municipality into [facility] of the configuration file."
    }
    STORE_IN_USE = "data_in_use" Conflict {
        "別の Sonae がこのデータを使っています。"
        "Another Sonae is using this data directory."
        "USBメモリーの取り込みは、止めずに画面「この箱の状態」でできます（設定 stick）。ほかは sudo sonae-box doctor のように行ってください（止めて行い、また動かします）。設置していない箱では、動いている方を終えてください。"
        "A USB stick is taken in by the running one: its page \"This box\", entry stick of the configuration. For the rest write sonae-box, as in `sudo sonae-box doctor`: it stops the service, does it and starts the service. Where nothing is installed, end the running one first."
    }
    OWN_WHILE_RUNNING = "own_while_running" Conflict {
        "Sonae が動いている間は、受け取った資格情報を取り込めません。何も取り込んでいません。"
        "Received records cannot be taken in while Sonae is running. Nothing was taken in."
        "sudo sonae-box own add … のように行ってください（止めて取り込み、また動かします）。設置していない箱では、動いている方を終えてください。"
        "Write sonae-box, as in `sudo sonae-box own add`: it stops the service, does it and starts the service. Where nothing is installed, end the running one first."
    }
    STORE_DAMAGED = "data_damaged" Conflict {
        "この箱の設定ファイルが壊れています。"
        "This box's own file is damaged."
        "元のファイルに触れず、sonae doctor の結果を管理者に見せてください。"
        "Leave the files as they are and show the result of `sonae doctor` to your administrator."
    }
    STORE_OF_ANOTHER_BOX = "data_of_another_box" Conflict {
        "box.cbor が、このデータの箱のものではありません。"
        "The file box.cbor is not the one of this data directory's box."
        "この箱の元の box.cbor を戻してください。見つからないときは管理者に相談してください。"
        "Put this box's own box.cbor back; if it is lost, ask your administrator."
    }
    PASSPHRASE_MISSING = "passphrase_missing" Locked {
        "合言葉がありません。"
        "No passphrase was given."
        "環境変数 SONAE_PASSPHRASE か systemd の資格情報 sonae-passphrase で渡してください。"
        "Give it in the environment variable SONAE_PASSPHRASE or as the systemd credential sonae-passphrase."
    }
    SHARE_PASSPHRASE_MISSING = "share_passphrase_missing" Locked {
        "分けた鍵の合言葉がありません。"
        "The passphrase of a share of the key was not given."
        "詳細（detail）にある環境変数か、同じ番号の systemd の資格情報（sonae-passphrase-1 など）で渡してください。"
        "Give it in the environment variable named in detail, or as the systemd credential of the same number (sonae-passphrase-1)."
    }
    PASSPHRASE_SHORT = "passphrase_short" BadInput {
        "合言葉は13文字以上にしてください。"
        "A passphrase needs at least 13 characters."
        "長い合言葉を決めて、もう一度始めてください。"
        "Choose a longer one and begin again."
    }
    NO_TRUST_LIST = "no_trust_list" Locked {
        "この箱にはまだ信頼リスト（発行元の一覧）がありません。"
        "This box has no trust list yet."
        "画面「この箱の状態」か sonae sync で取り込んでから、もう一度試してください。"
        "Fetch it on the page \"This box\" or with `sonae sync`, then try again."
    }
    QUESTION_INCOMPLETE = "question_incomplete" BadInput {
        "保険者番号と番号を入れてください。"
        "An insurer number and an insured number are needed."
        "保険者番号・記号・番号・枝番・生年月日の順に、空白で区切って入れてください。"
        "Enter insurer number, symbol, number, branch and birth date, divided by spaces."
    }
    ORDER_AT_COUNTER = "order_at_counter" BadInput {
        "これは災害時モードの開設指示です。"
        "This is a disaster order."
        "災害時モードの画面で読み取ってください。"
        "Scan it on the disaster page."
    }
    DISASTER_NOT_OPEN = "disaster_not_open" Locked {
        "この施設では災害時モードが開設されていません。"
        "Disaster mode is not open for this facility."
        "開設指示の紙を読み取ってください。通常の資格確認はできます。"
        "Scan the order that opens it. Ordinary verification works."
    }
    OPENING_SECRET_ABSENT = "opening_secret_absent" Locked {
        "薬剤情報の鍵がこの箱にありません。"
        "The key to the drug records is not on this box."
        "開設指示の紙をもう一度読み取ってください。"
        "Scan the disaster order again."
    }
    KANA_OR_BIRTH_NEEDED = "kana_or_birth_needed" BadInput {
        "生年月日も生まれた年も分からないときは、氏名の全部をカナで入れてください。"
        "Without a birth date or birth year, the whole name is needed in kana."
        "氏名をカナで入れるか、生まれた年（昭和25年、1950など）を入れてください。"
        "Enter the name in kana, or the year of birth (1950)."
    }
    NAME_MISSING = "name_missing" BadInput {
        "氏名を入れてください。"
        "A name is needed."
        "漢字かカナの氏名と、分かれば生年月日か生まれた年を入れて探し直してください。"
        "Enter the name in kanji or kana, and the birth date or year if known, and search again."
    }
    TOO_MANY_CANDIDATES = "too_many_candidates" BadInput {
        "候補が多すぎます。"
        "There are too many candidates."
        "性別や住所も入れて、絞ってください。"
        "Add the sex or the address to narrow the search."
    }
    CANDIDATE_GONE = "candidate_gone" NotFound {
        "この候補はもう選べません。"
        "This candidate can no longer be chosen."
        "もう一度探してください。"
        "Search again."
    }
    SLIP_GONE = "slip_gone" NotFound {
        "この回答の控えはもう印刷できません。"
        "The slip of this answer can no longer be printed."
        "もう一度確認して、その回答から印刷してください。"
        "Ask again and print from that answer."
    }
    SHEET_GONE = "sheet_gone" NotFound {
        "この薬剤情報の控えはもう印刷できません。"
        "The sheet of this drug history can no longer be printed."
        "もう一度探して薬剤情報を開き、そこから印刷してください。"
        "Search again, open the drug history and print from there."
    }
    SYNC_RUNNING = "sync_running" Conflict {
        "ハブかUSBメモリーとのやり取りがすでに動いています。"
        "An exchange with the hub or a stick is already running."
        "しばらく待ってから状態を確かめてください。受付はそのまま使えます。"
        "Wait a while, then look at the status. The counter works meanwhile."
    }
    SECOND_FACT_DIFFERS = "second_fact_differs" Refused {
        "本人確認のためのもう一つの質問の答えが、この候補と合いません。"
        "The second fact does not fit this candidate."
        "ほかの候補でないか、住所・保険者名・番号のどれかを聞き直してください。"
        "See whether another candidate is meant; ask again for address, insurer or number."
    }
    CONSENT_MISSING = "consent_missing" Locked {
        "この方の同意がありません（同意は24時間有効です）。"
        "There is no live consent of this patient (a consent lives 24 hours)."
        "口頭で同意を得て記録するか、得られない理由を記録してください。"
        "Ask for consent and record it, or record why it cannot be asked."
    }
    REASON_MISSING = "reason_missing" BadInput {
        "同意を得られない理由を書いてください。"
        "The reason why consent cannot be asked must be written down."
        "例：意識がない。"
        "For example: unconscious."
    }
    VIEWER_MISSING = "viewer_missing" BadInput {
        "閲覧する方の氏名を入れてください。"
        "The viewer's name is needed."
        "医師・歯科医師・薬剤師、または指名された方の氏名を入れてください。"
        "Enter the name of the doctor, dentist, pharmacist or named person."
    }
    NO_SNAPSHOT = "no_snapshot_held" NotFound {
        "この箱にはまだ地域データがありません。"
        "This box holds no snapshot yet."
        "sonae sync か sonae region import で取り込んでください。"
        "Fetch one with `sonae sync` or `sonae region import`."
    }
    PUBLISHER_OUT_OF_AREA = "publisher_out_of_area" Refused {
        "この発行元は、この地域の地域データを出す権限がありません。"
        "This publisher may not publish for this region."
        "使わないでください。持ってきた相手と発行元に知らせてください。"
        "Do not use it. Tell whoever brought it, and the publisher."
    }
    NO_DRUG_RECORDS = "no_drug_records" NotFound {
        "この方の薬剤情報は地域データにありません。薬を飲んでいないとは限りません。"
        "There are no drug records of this patient in the snapshot. They may take drugs all the same."
        "本人かご家族に薬とお薬手帳をたずねてください。"
        "Ask the patient or the family for drugs and notebook."
    }
    HUB_UNKNOWN = "hub_unknown" Locked {
        "信頼リスト（発行元の一覧）にハブがありません。"
        "The trust list names no hub."
        "発行元に、ハブを載せた信頼リストを求めてください。"
        "Ask the publisher for a trust list that names the hub."
    }
    NO_LINK = "no_link" BadInput {
        "同期先が決まっていません。"
        "There is nowhere to sync with."
        "設定ファイルの hub にハブの URL か、stick に USBメモリーの場所を書いてください。sonae sync なら --via でも指定できます。"
        "Write the hub's URL (hub) or the stick's folder (stick) into the configuration file; `sonae sync` takes --via, too."
    }
    DATE_UNREADABLE = "date_unreadable" BadInput {
        "日付を読めません。"
        "The date cannot be read."
        "1956-11-01、19561101、昭和31年11月1日 などの形で入れてください。"
        "Write it like 1956-11-01, 19561101 or S31.11.1."
    }
    DATE_NOT_WHOLE = "date_not_whole" BadInput {
        "日付の年・月・日がそろっていないか、元号と年が合いません。"
        "The date lacks its year, month or day, or its year is not one of its era."
        "年月日をすべて、1956-11-01、19561101、昭和31年11月1日 などの形で入れてください。"
        "Write the whole day, like 1956-11-01, 19561101 or S31.11.1."
    }
    KEY_FILE_OTHER_KIND = "key_file_other_kind" BadInput {
        "この鍵ファイルは別の用途のものです。"
        "This key file is for another use."
        "sonae keys inspect で種類を確かめ、正しい鍵ファイルを指定してください。"
        "See what it is with `sonae keys inspect`, and name the right key file."
    }
    KEY_FILE_OTHER_ROLE = "key_file_other_role" BadInput {
        "この鍵は、ここで署名する役割のために作られたものではありません。何も署名しませんでした。"
        "This key was made for another role than the one that signs here. Nothing was signed."
        "必要な役割 (needed) と指定した鍵の役割 (given) を見比べ、正しい鍵ファイルを指定してください。"
        "Compare the role needed with the one given, and name the right key file."
    }
    PASSPHRASES_ALIKE = "passphrases_alike" BadInput {
        "分けた鍵の合言葉が同じです。"
        "Two shares of the key would have the same passphrase."
        "保管者ごとに違う合言葉を、SONAE_PASSPHRASE_1、_2 … で渡してください。"
        "Give each holder's own passphrase in SONAE_PASSPHRASE_1, _2 and so on."
    }
    ENVELOPES_PRINTED_BEFORE = "envelopes_printed_before" Conflict {
        "この開封の鍵の封筒は、すでに印刷されています。"
        "Envelopes of this opening secret have been printed before."
        "新しい開封の鍵で次の地域データを作り、その封筒を印刷してください。刷り直すだけなら --again に理由を書いてください。"
        "Build the next release with a new opening secret and print that one's; to print this one anew, give the reason with --again."
    }
    ENVELOPES_OTHER_SET = "envelopes_other_set" Refused {
        "この封筒は、いま入っている地域データのものではありません（古い組か、別の地域の組です）。"
        "These envelopes are not those of the release held: an older set, or another region's."
        "組番号を地域データの番号と見比べ、新しい組の封筒を使ってください。"
        "Compare the set with the opening named here, and use the envelopes of the current set."
    }
    HOLDERS_UNFIT = "holders_unfit" BadInput {
        "保管者の名前が空か、同じ名前が二つあります。"
        "A holder's name is empty, or one name stands twice."
        "--holders に違う保管者の名前をコンマで区切って書いてください。"
        "Write the names of different holders, divided by commas, after --holders."
    }
    STATEMENTS_FULL = "statements_full" Conflict {
        "保管している申立書が多すぎます。新しい申立書は保管しませんでした。"
        "Too many statements are kept. The new one was not."
        "支払いを確認できた申立書を sonae statement destroy で破棄してください。"
        "Destroy those whose claims are paid with `sonae statement destroy`."
    }
    STATEMENT_UNKNOWN = "statement_unknown" NotFound {
        "その番号の申立書は保管していません。"
        "No statement with this number is kept."
        "sonae statement list で番号を確かめてください。"
        "Look for its number with `sonae statement list`."
    }
    STATEMENT_DAMAGED = "statement_damaged" Conflict {
        "保管している申立書を読めません。"
        "A kept statement cannot be read."
        "署名された紙を使ってください。破棄はできます。"
        "Use the signed paper. It can still be destroyed."
    }
    TOLD_UNREADABLE = "told_unreadable" BadInput {
        "聞き取った内容を読めません。"
        "What was told cannot be read."
        "質問にもう一度答えてください。割合は 30、20、10 のように入れてください。"
        "Answer the question again; a share is written as 30, 20 or 10."
    }
    FOUR_ITEMS_INCOMPLETE = "four_items_incomplete" BadInput {
        "聞き取る四つの項目がそろっていません。"
        "One of the four items is missing."
        "氏名・生年月日・連絡先と、勤め先（国保・後期高齢は住所）を入れてください。"
        "Enter name, birth date, contact, and the employer (the address for National Health and late-stage insurance)."
    }
    PAPER_PROFILE_UNKNOWN = "paper_profile_unknown" NotFound {
        "その名前の様式（レイアウト）はありません。"
        "There is no layout profile of this name."
        "sonae credential profiles で名前を確かめてください。"
        "See `sonae credential profiles` for the names."
    }
    PAPER_NOT_IN_PROFILE = "paper_not_in_profile" Refused {
        "この様式には、その種類の書類がありません。"
        "This layout profile has no paper of this kind."
        "ほかの様式を選ぶか、様式の一覧に書き足してください。"
        "Choose another profile, or add the paper to a list of your own."
    }
    PAPERS_NOBODY = "papers_nobody" BadInput {
        "発行できる行が一つもありません。何も発行しませんでした。"
        "Not one row could be issued. No paper was made."
        "読めなかった行の一覧で理由を確かめ、直してからもう一度行ってください。"
        "See the list of bad rows, correct them, then try again."
    }
    PAPERS_DRAFT_LEFT = "papers_draft_left" Conflict {
        "前回途中で止まった発行の書きかけ（.draft）が残っています。"
        "An earlier issue was cut off and its draft (.draft) is still there."
        "印刷していないことを確かめてそのフォルダーを消し、もう一度行ってください。"
        "Nothing of it may be printed: remove that folder, then try again."
    }
    RULE_SILENT = "rule_silent" NotFound {
        "その日について確認された規則がありません。"
        "No confirmed rule speaks of that day."
        "日付を確かめるか、審査支払機関に問い合わせてください。"
        "Check the day, or ask the claims office."
    }
    FOUR_ITEMS_NO_DISASTER = "four_items_no_disaster" Refused {
        "聞き取りだけでの受付は、災害のときに限られます。"
        "The four items alone receive a patient in a disaster only."
        "申立書を書いてもらうか、災害で避難してきた方なら「災害で避難してきた方」を選んでください。"
        "Take the statement of eligibility, or say that the patient comes from a disaster."
    }
    STATEMENT_NAMELESS = "statement_nameless" BadInput {
        "氏名が入っていません。"
        "A name is missing."
        "申立書には本人の氏名、破棄には破棄する方の氏名を入れてください。"
        "Enter the patient's name for a statement, and the name of whoever destroys one."
    }
}
