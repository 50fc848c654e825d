"""What a statement does, by the last name segments of what it calls (RULES.md §1.1 statement classes, tables A1 and A4).

Data, not code: to cover another library add its names to the class they belong to. The options of a command line are left out of PLUMB on
purpose: every script declares its own, and lists of `add_argument` look alike without being copies of an adapter.
"""

from __future__ import annotations

IO = "io"
ADAPT = "adapt"
PLUMB = "plumb"

CALLEES: dict[str, str] = {
    name: kind
    for kind, names in {
        IO: """
            open read_csv read_parquet read_json read_excel read_pickle read_table read_sql read_sql_query read_hdf read_feather read_gbq
            read_file read_text read_bytes read readline readlines write writelines write_text write_bytes writerow writerows writeheader
            DictReader DictWriter to_csv to_parquet to_pickle to_excel to_feather to_hdf to_sql to_gbq to_file load dump save load_model
            save_model savez savez_compressed savetxt loadtxt genfromtxt fromfile tofile safe_load safe_dump load_dataset load_from_disk
            save_to_disk save_pretrained hf_hub_download snapshot_download push_to_hub download upload download_file upload_file
            download_fileobj upload_fileobj download_blob upload_blob download_to_filename upload_from_filename upload_from_string
            get_object put_object list_objects_v2 list_blobs get_bucket get_blob blob urlopen urlretrieve raise_for_status imread imwrite
            imdecode imencode savefig GFile ZipFile TarFile extractall copyfile copy2 copytree copyfileobj rmtree unlink execute
            executemany fetchall fetchone fetchmany cursor connect commit to_dataframe saveAsTable insertInto iter_content
        """,
        ADAPT: """
            to_numpy numpy tolist toPandas to_pandas to_dict to_records to_frame cpu detach astype reshape squeeze unsqueeze transpose
            swapaxes permute toarray todense tocsr array asarray ascontiguousarray stack vstack hstack concatenate expand_dims as_tensor
            tensor from_numpy FloatTensor LongTensor constant convert_to_tensor DataFrame Series DMatrix from_pandas from_dict
            from_list from_records createDataFrame dumps loads rename set_axis reindex reset_index set_index to_datetime to_numeric
            fromarray frombuffer tobytes json_normalize float int
        """,
        PLUMB: """
            exists isfile isdir is_file is_dir basename dirname abspath realpath expanduser splitext makedirs mkdir listdir scandir glob
            iglob rglob iterdir walk getenv Path PurePath PosixPath with_suffix with_name relative_to mkdtemp mkstemp TemporaryDirectory
            NamedTemporaryFile Popen check_call check_output communicate system getLogger basicConfig setLevel addHandler setFormatter
            StreamHandler FileHandler Formatter load_dotenv chdir getcwd symlink which quote fromisoformat strftime strptime b64encode
            b64decode urljoin urlparse quote_plus encode decode split rsplit splitlines strip rstrip lstrip
        """,
    }.items()
    for name in names.split()
}

QUALIFIED: dict[str, str] = {
    name: kind
    for kind, names in {
        IO: """
            requests.get requests.post requests.put requests.request session.get session.post httpx.get httpx.post Image.open os.remove
            shutil.copy shutil.move os.rename os.replace
        """,
        PLUMB: "path.join environ.get os.environ subprocess.run subprocess.call sys.exit path.append path.insert",
    }.items()
    for name in names.split()
}
"""`last but one.last` where the last name alone says too little."""

VERBS = frozenset(
    {"load", "save", "read", "write", "dump", "export", "download", "upload", "fetch", "to", "from", "as", "convert", "parse"}
    | {"encode", "decode", "serialize", "deserialize", "smart", "jsonable"}
)
"""First words of a function's name (`load_frame`, `to_tensor`, `from_pixels`) that tell what it does when the table does not know it."""

LOG_RECEIVERS = frozenset({"logger", "logging", "log", "_logger", "LOG", "LOGGER", "_LOGGER", "_log", "warnings", "console", "st", "tqdm"})
LOG_METHODS = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print", "write", "success"}
    | {"set_description", "set_postfix"}
)
LOG_FUNCTIONS = frozenset({"print", "pprint", "echo"})
