//! What the machine itself may refuse.

use crate::messages::catalogue;

catalogue! {
    DISK_FULL = "disk_full" Unavailable {
        "保存場所がいっぱいです。何も変更していません。"
        "The disk is full. Nothing was changed."
        "不要なファイルを消すか大きなディスクに替えて、もう一度行ってください。"
        "Free some space or use a larger disk, then try again."
    }
    DISK_READ = "disk_read" Unavailable {
        "ファイルを読み書きできません。"
        "A file cannot be read or written."
        "ケーブルとメモリーを確かめ、続くときは sonae doctor の結果を管理者に見せてください。"
        "Check the cable and the card; if it stays, show the result of `sonae doctor` to your administrator."
    }
    FILE_MISSING = "file_missing" NotFound {
        "指定されたファイルやフォルダーがありません。"
        "The file or folder named does not exist."
        "名前を確かめて、もう一度指定してください。"
        "Check the name and give it again."
    }
    FILE_TOO_LARGE = "file_too_large" TooLarge {
        "ファイルが大きすぎます。読み込みませんでした。"
        "The file is too large. It was not read."
        "別のファイルを選ぶか、小さな画像で撮り直してください。"
        "Choose another file, or take a smaller picture."
    }
    NOT_PERMITTED = "not_permitted" Unavailable {
        "ファイルを開く権限がありません。"
        "There is no permission to open the file."
        "Sonae を動かしている利用者に、その場所の権限を与えてください。"
        "Give the user that runs Sonae access to that place."
    }
    FILE_OTHER_KIND = "file_other_kind" BadInput {
        "ファイルとフォルダーが取り違えられています。"
        "A folder was given where a file is needed, or the other way round."
        "指定した名前を確かめて、もう一度行ってください。"
        "Check the name that was given and try again."
    }
    FILE_LEADS_ELSEWHERE = "file_leads_elsewhere" Refused {
        "フォルダーの中に、ファイルではないもの（別の場所への近道など）があります。開きませんでした。"
        "The folder holds something that is no plain file, such as a shortcut to another place. It was not opened."
        "近道ではなくファイルそのものを写し直してください。覚えのないときは、このUSBメモリーを使わずに管理者へ知らせてください。"
        "Copy the files themselves, not shortcuts. If nobody here made it, do not use this stick, and tell your administrator."
    }
}
