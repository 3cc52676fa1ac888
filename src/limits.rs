//! Every ceiling of Sonae, in one place, each with its reason.

/// Text of one QR credential or order, digits and stray separators (reference profile: at most 1,200 characters).
pub const QR_TEXT_CHARS_MAX: usize = 1_200;
/// Bytes behind the digits of a QR code: COSE_Sign1 and CRC-32 (QR version 13 at level M holds 796 digits).
pub const QR_BODY_BYTES_MAX: usize = 480;
/// Characters of a person's name on a credential; longer names are cut by the insurers' own systems.
pub const NAME_CHARS_MAX: usize = 60;
/// A picture or PDF handed in to be read. A 600 dpi A4 greyscale PNG stays under this.
pub const UPLOAD_BYTES_MAX: u64 = 8 << 20;
/// Pixels of a picture after decoding: A4 at 600 dpi is 35 million; more is a decompression bomb.
pub const PICTURE_PIXELS_MAX: u64 = 40_000_000;
/// Pages of a PDF that are searched for a code; our own longest drug sheet has its codes well before.
pub const PDF_PAGES_MAX: usize = 8;
/// Any other request body over HTTP: forms and small JSON.
pub const FORM_BYTES_MAX: u64 = 16 << 10;
/// Bytes of a request over its ceiling that are read and dropped, so that a browser gets the answer, not a cut line.
pub const DRAIN_BYTES_MAX: u64 = 64 << 20;
/// Pictures read at the same time: one of the largest takes 160 MB while decoded.
pub const PICTURES_AT_ONCE: usize = 1;
/// Seconds a request's body may take to arrive; a person's form arrives at once.
pub const BODY_SECONDS_MAX: u64 = 60;
/// Seconds open connections get to end when the box is told to stop.
pub const STOP_SECONDS_MAX: u64 = 5;
/// A signed trust list: 3,400 insurers of about 80 bytes each, ten times over.
pub const TRUST_LIST_BYTES_MAX: u64 = 4 << 20;
/// A revocation list: one million entries of 8 bytes.
pub const REVOCATION_BYTES_MAX: u64 = 9 << 20;
/// A release's manifest: wraps for 10,000 boxes and hashes of 2 GiB in 1 MiB chunks fit.
pub const MANIFEST_BYTES_MAX: u64 = 4 << 20;
/// One sealed block: 8 people and their family members, or their drug histories. sled keeps values of this size in its log.
pub const BLOCK_BYTES_MAX: usize = 96 << 10;
/// One chunk of a release's block file, hashed in the manifest.
pub const CHUNK_BYTES: usize = 1 << 20;
/// sled's page cache while a store is filled; its real memory is about five times this (measured).
pub const SLED_CACHE_BYTES: u64 = 16 << 20;
/// Memory a store that answers may take for what was read.
pub const READ_CACHE_BYTES: u64 = 128 << 20;
/// sled's part of it, its pages.
pub const SLED_READ_CACHE_BYTES: u64 = 16 << 20;
/// Blocks asked for lately.
pub const BLOCKS_KEPT_BYTES: usize = 80 << 20;
/// The same of a store beside the region's: the deltas merged over it, or what the facility itself received.
pub const BESIDE_CACHE_BYTES: u64 = 64 << 20;
/// sled's part of that.
pub const SLED_BESIDE_CACHE_BYTES: u64 = 16 << 20;
/// Blocks asked for lately.
pub const BLOCKS_KEPT_BESIDE_BYTES: usize = 16 << 20;
/// Parts of sled's page cache, each of which counts its pages by itself.
pub const SLED_SHARDS: u64 = 256;
/// Readings that such a part takes before it counts what it holds, and lets anything go.
pub const SLED_SHARD_READINGS: u32 = 64;
/// Values in one of sled's pages, where they were put in order (measured).
pub const SLED_PAGE_VALUES: u32 = 8;
/// Readings of a page of usual values for one question, all but the first for sled's count.
pub const SLED_READINGS_A_PAGE: u32 = 16;
/// Pages that sled so holds uncounted, at most four a shard: 32 MiB.
pub const SLED_UNCOUNTED_BYTES: u64 = SLED_SHARDS
    * (SLED_SHARD_READINGS / SLED_READINGS_A_PAGE) as u64
    * SLED_PAGE_VALUES as u64
    * RUN_BYTES_AIM;
/// What a block at hand takes beside its bytes: its key, its links, its counts.
pub const BLOCK_KEPT_EXTRA_BYTES: usize = 128;
/// A block at hand as they usually are, with that: to guess how many there will be.
pub const BLOCK_KEPT_BYTES_USUAL: usize = 640;
/// Free disk space below which nothing new is imported: sled cannot even open on a full disk.
pub const FREE_DISK_BYTES_MIN: u64 = 64 << 20;
/// One journal entry, sealed. The largest is a drug reading with its record names.
pub const JOURNAL_ENTRY_BYTES_MAX: usize = 64 << 10;
/// The journal file; a year of a busy clinic is under 100 MB.
pub const JOURNAL_BYTES_MAX: u64 = 1 << 30;
/// Entries in one batch to the hub, so that one batch fits a thin link.
pub const BATCH_ENTRIES_MAX: usize = 256;
/// A sealed batch.
pub const BATCH_BYTES_MAX: u64 = 8 << 20;
/// A signed receipt.
pub const RECEIPT_BYTES_MAX: u64 = 256 << 10;
/// People shown for one search; more means the search must be narrower.
pub const CANDIDATES_MAX: usize = 20;
/// Drug records shown for one person.
pub const DISPENSINGS_MAX: usize = 500;
/// A configuration file or firmware profile.
pub const CONFIG_BYTES_MAX: u64 = 64 << 10;
/// A notebook (お薬手帳) file or QR text.
pub const NOTEBOOK_BYTES_MAX: u64 = 256 << 10;
/// A column file for a publisher is streamed; this is the longest row in it, over all its lines.
pub const CSV_LINE_BYTES_MAX: usize = 16 << 10;
/// A value typed to be checked: the longest is a kana reading of 60 characters, half-width and with marks apart.
pub const CHECK_CHARS_MAX: usize = 200;
/// Keys on one trust list: every insurer's, ten times over.
pub const TRUST_KEYS_MAX: usize = 40_000;
/// Insurer ranges or areas of one key: 47 prefectures and some exceptions fit.
pub const KEY_SCOPES_MAX: usize = 128;
/// Characters of a key holder's name, as shown beside an answer.
pub const KEY_NAME_CHARS_MAX: usize = 80;
/// Areas one disaster order names, so that it fits one QR code.
pub const ORDER_AREAS_MAX: usize = 16;
/// Characters of a disaster order's reason, so that it fits one QR code.
pub const ORDER_REASON_CHARS_MAX: usize = 30;
/// Days one disaster order may last; a longer disaster is renewed by a revision, a mistyped year is not believed.
pub const ORDER_DAYS_MAX: i64 = 366;
/// Bytes of plaintext a publisher aims at per block at most, so that the chance crowding of a bucket stays under the
/// ceiling: 24 times the mean does not happen in 100 million blocks.
pub const BLOCK_BYTES_AIM: usize = 4 << 10;
/// Records a publisher aims at per block: more costs latency, fewer costs space (measured).
pub const BLOCK_RECORDS_AIM: usize = 8;
/// A release's shared words held in memory: surnames, given names, towns, drug names of 14 million people fit.
pub const WORDS_BYTES_MAX: usize = 32 << 20;
/// Memory for one release's words of medical rows in the form that rows share: those of a million people, 345 kB of text, take
/// some 2 MiB (reckoned). What comes later in a release is copied into each row.
pub const WORDS_SHARED_BYTES_MAX: usize = 8 << 20;
/// What a part of a word takes in that form beside its text: its place, its count, its note in the heap.
pub const WORD_SHARED_EXTRA_BYTES: usize = 64;
/// One shared word; a longer one is written where it stands.
pub const WORD_BYTES_MAX: usize = 256;
/// Blocks opened of each tree before a new release may answer.
pub const SELF_CHECK_BLOCKS: u32 = 64;
/// Times the release's bytes that must be free for an import: sled stores twice and cleans up late (measured).
pub const IMPORT_SPACE_TIMES: u64 = 3;
/// Damaged stores kept aside for whoever wants to know why: the newest; the one before may show the same card dying.
pub const SET_ASIDE_KEPT: usize = 2;
/// Candidates of earlier searches that may still be chosen, all viewers together.
pub const CHOSEN_MAX: usize = 256;
/// Memory one picture may take while it is decoded: A4 at 600 dpi in colour is 105 MB; the box has 1 GB.
pub const PICTURE_DECODE_BYTES_MAX: u64 = 160 << 20;
/// The hub's index: names and numbers of what is offered, never contents.
pub const INDEX_BYTES_MAX: u64 = 256 << 10;
/// Revocation lists or orders named in one index; more issuers and authorities than that there are none.
pub const INDEX_ITEMS_MAX: usize = 4_096;
/// A signed disaster order carries sealed shares for every box of its area.
pub const ORDER_BYTES_MAX: u64 = 1 << 20;
/// Seconds until a hub that does not even accept the connection counts as away.
pub const LINK_CONNECT_SECONDS: u64 = 10;
/// Seconds without a single byte after which a hub that hangs counts as away.
pub const LINK_SILENCE_SECONDS: u64 = 30;
/// Seconds for one small item, whole: 8 MiB over a satellite link of about 150 kbit/s.
pub const LINK_ITEM_SECONDS: u64 = 480;
/// Seconds for one file of a release, whole: a night.
pub const LINK_RELEASE_SECONDS: u64 = 12 * 3600;
/// Plain text of a batch, so that sealed and signed it stays under [`BATCH_BYTES_MAX`].
pub const BATCH_PLAIN_BYTES_MAX: usize = 7 << 20;
/// A box's card at the hub: two keys and a name.
pub const BOX_CARD_BYTES_MAX: u64 = 4 << 10;
/// The hub's own keys, wrapped.
pub const HUB_KEYS_BYTES_MAX: u64 = 4 << 10;
/// Batches taken from one stick at a time; the next visit takes the rest.
pub const STICK_BATCHES_MAX: usize = 10_000;
/// Answers and drug views kept in memory for printing.
pub const REMEMBERED_MAX: usize = 32;
/// Bytes of one お薬手帳 symbol on a drug sheet (practice: at most 1,800; smaller symbols scan in bad light).
pub const JAHIS_SYMBOL_BYTES_MAX: usize = 800;
/// Files handed in at once for one notebook: a chain of QR symbols has at most 16 (JIS X 0510, structured append).
pub const NOTEBOOK_FILES_MAX: usize = 16;
/// All of them together: four photos at their ceiling, and a box has 1 GB of memory.
pub const NOTEBOOK_UPLOAD_BYTES_MAX: u64 = 32 << 20;
/// Seconds for which the pages and metrics repeat an examination: a whole one reads the journal through and writes a file.
pub const EXAMINED_SECONDS_MAX: u64 = 300;
/// Second facts that may be wrong for one candidate before it must be searched anew.
pub const SECOND_FACT_MISSES_MAX: u8 = 5;
/// Days a signed moment may lie ahead of a sure clock. A box without a clock chip wakes where it fell asleep, months ago,
/// and must still take what is new; a moment years ahead is a mistake or a trick (the same measure as for a clock ahead).
pub const SIGNED_AHEAD_DAYS_MAX: i64 = 400;
/// Days by which a release's records may be of a later moment than its making: a day begins at midnight in Japan, and the
/// machine that wrote the files and the one that signs have two clocks. More is a mistyped date.
pub const AS_OF_AHEAD_DAYS_MAX: i64 = 1;
/// Days to the next release that a publisher may promise: insurers settle their registers once a month, and whoever
/// publishes less often promises nothing that helps at a counter.
pub const NEXT_DUE_DAYS_MAX: i64 = 31;
/// Receipts asked for in one exchange: on a thin link each costs a second; the next exchange asks for the rest.
pub const RECEIPTS_ASKED_MAX: usize = 32;
/// Batches taken from one box's folder on a stick at a time, so that one folder of scrap does not shut the others out.
pub const STICK_BATCHES_OF_A_BOX_MAX: usize = 500;
/// Deltas held on top of one base: three years of days. Each is verified at every start and looked into for a drug history.
pub const DELTAS_MAX: usize = 1_000;
/// Bytes of changed families a box aims at per block of its overlay: a lookup opens one of them beside the base's.
/// Part of an overlay's form: with another number the overlays on the disk would have to be made anew.
pub const OVERLAY_BLOCK_BYTES_AIM: u64 = 4 << 10;
/// Entries of both indexes in memory at a time while an overlay is made: some eight megabytes.
pub const OVERLAY_SORT_ENTRIES_MAX: u64 = 256 << 10;
/// Bytes of entries a publisher's sort holds in memory before it writes them out; six sorts run at once, in 1 GiB.
pub const SPILL_HELD_BYTES: usize = 16 << 20;
/// Bytes of one of a sort's 256 parts, loaded whole: ten years of drug records of 14 million people take a third of it.
pub const SPILL_PART_BYTES_MAX: u64 = 256 << 20;
/// Bytes of words in one block: they are read all at once, so large blocks are as good as small ones.
pub const WORDS_BLOCK_BYTES_AIM: usize = 16 << 10;
/// How often a word must come before it gets a number: a number costs its place in every box's memory.
pub const WORD_TIMES_MIN: u8 = 3;
/// Words seen too seldom so far that a publisher remembers: 100 MB.
pub const WORDS_WAITING_MAX: usize = 1_000_000;
/// Words a reader takes from one release: what a publisher writes at most, and room for another publisher's measure.
pub const WORDS_READ_BYTES_MAX: usize = 2 * WORDS_BYTES_MAX;
/// People a publisher aims at per block of the birth index.
pub const BIRTH_BLOCK_RECORDS_AIM: u64 = 32;
/// Blocks of the birth index at most: a hundred years have 36,500 days.
pub const BIRTH_BUCKETS_MAX: u32 = 40_000;
/// People a publisher aims at per block of the kana index: an entry takes six bytes.
pub const KANA_BLOCK_RECORDS_AIM: u64 = 64;
/// Families of one whole reading that the kana index tells of. More are found with a birth date or year only: nobody chooses from
/// a crowd, and the commonest name of a whole region must not outgrow a block.
pub const READING_FAMILIES_MAX: usize = 512;
/// Columns of a publisher's file, used or not; the widest register we know has under a hundred.
pub const CSV_COLUMNS_MAX: usize = 512;
/// Bytes of a column file's beginning from which its encoding is guessed.
pub const CSV_SAMPLE_BYTES: usize = 64 << 10;
/// Bytes of bad rows gathered before they are written out.
pub const BAD_ROWS_HELD_BYTES: usize = 8 << 10;
/// A list of bad rows that is looked at before it is replaced by a new one: of ten million rows.
pub const BAD_ROWS_BYTES_MAX: u64 = 1 << 30;
/// Bytes of blocks that are gathered for one go of a checksum.
pub const HASHED_TOGETHER_BYTES: usize = 64 << 10;
/// Trees of a release filled at the same time, or threads that look for a delta's marks in the base beside the merge, which
/// mostly waits for them: as many as a small box has cores to spare beside the counter.
pub const FILL_LANES: usize = 2;
/// Marks handed to such a lane at once, those of former deltas in the same families included: enough that handing over costs
/// little, few enough that all lanes have work.
pub const MARKS_TOGETHER: usize = 256;
/// Bytes of neighbouring blocks that the cache keeps in one value of sled: fewer values are filled faster, larger ones cost
/// memory, for sled holds 16,000 pages of eight values before it lets one go (measured).
pub const RUN_BYTES_AIM: u64 = 4 << 10;
/// Blocks in such a value at most.
pub const RUN_BLOCKS_MAX: u32 = 8;
/// Memory an import may take beyond sled's own cache: a box with 512 MB must still print and scan beside it.
pub const IMPORT_MEMORY_BYTES_MAX: usize = 64 << 20;
/// Ways to the newest state tried in one exchange, the whole release last: an index may name thousands that lead nowhere.
pub const WAYS_TRIED_MAX: usize = 4;
/// Buckets of a stretch, under one checksum for the scrub: few enough to be read in a few milliseconds, many enough that the checksums
/// of fourteen million people fit into one megabyte.
pub const SCRUB_STRETCH_BUCKETS: u32 = 256;
/// The checksums of a release: far above every region of the country.
pub const SCRUB_BYTES_MAX: u64 = 16 << 20;
/// Days in which the scrub reads the whole cache once: a dying card shows within a week, and nobody notices the reading.
pub const SCRUB_DAYS: u64 = 7;
/// Seconds between two turns of the scrub.
pub const SCRUB_EVERY_SECONDS: u64 = 60;
/// Signatures under one root document or trust list: a change of every root key takes the old holders' and the new ones'.
pub const COSIGNATURES_MAX: usize = 32;
/// Root keys of one version: more holders than sit at one table never sign anything in time.
pub const ROOT_KEYS_MAX: usize = 16;
/// A root document: sixteen keys with names and thirty-two signatures take 7 KiB.
pub const ROOT_BYTES_MAX: u64 = 16 << 10;
/// The highest version of a root document: eighty years of monthly changes. What is walked at each start stays short.
pub const ROOT_VERSIONS_MAX: u64 = 1_000;
/// Root documents asked for in one exchange, since the index that names them is unsigned; the next asks for the rest.
pub const ROOTS_ASKED_MAX: u64 = 64;
/// Trust list as a publisher writes it by hand or exports it: every insurer's key at about 300 bytes.
pub const TRUST_TEXT_BYTES_MAX: u64 = 4 << 20;
/// Shares of one secret: as many as a circle of people who know each other, and every choice among them is tried at once.
pub const SHARES_MAX: u8 = 9;
/// Bytes of changed families a publisher aims at per block of a delta: it is read from end to end, never looked into.
pub const DELTA_BLOCK_BYTES_AIM: u64 = 16 << 10;
/// The received records of one facility: a record takes about 250 bytes, so this is a quarter of a million of them.
pub const OWN_RECEIVED_BYTES_MAX: u64 = 64 << 20;
/// Received records handed in at once: they are held in memory, and no facility sees more patients in a year.
pub const OWN_RECORDS_MAX: usize = 100_000;
/// Days after which a facility's own record is forgotten: a year of visits, and a month. No usual policy answers from
/// anything nearly as old.
pub const OWN_RECORD_DAYS_MAX: i64 = 400;
/// Characters in the name of a source, which every answer on its records repeats.
pub const OWN_SOURCE_CHARS_MAX: usize = 40;
/// Days by which a record may have been received later than this box's clock says: two clocks at one counter differ by
/// minutes, and a day's mistake is seen on the answer.
pub const OWN_AHEAD_DAYS_MAX: i64 = 1;
/// Buckets of one tree: everybody in the country in blocks of eight people. A store prepares a place for each before it has
/// seen one of them.
pub const BUCKETS_MAX: u32 = 1 << 24;
/// Days after which a kept statement of eligibility is asked about: claimed by the 10th of the next month, paid two months later.
pub const STATEMENT_REMIND_DAYS: i64 = 90;
/// Statements kept at once; a clinic takes a handful a month, a disaster some hundreds.
pub const STATEMENTS_MAX: usize = 5_000;
/// One sealed statement: ten fields of a form.
pub const STATEMENT_BYTES_MAX: u64 = 8 << 10;
/// Characters of one field of a statement.
pub const STATEMENT_FIELD_CHARS_MAX: usize = 100;
/// A table of dated rules: the one in the binary takes 20 KiB.
pub const RULEBOOK_BYTES_MAX: usize = 256 << 10;
/// Papers in one document of a bulk issue: each holds some 100 KB of drawn code in memory until its document is written.
pub const PAPERS_PER_FILE_MAX: usize = 500;
/// A file of layout profiles: every insurer's, at about 1 KB each.
pub const PAPER_PROFILES_BYTES_MAX: u64 = 4 << 20;
