"""URL joins, module names, file stems, names of functions: exact. A function that is not known here is a miss."""

from tests.corpora.where import Score

from errata.stages.symbolicate import names, urls

CORPUS = "symbolicate_string_tables"


def get_function_for_token(minified, scope, called_as):
    """Give the name of a function by what the cases hold, in their order; any may be null."""
    return names.function_name(minified or "", scope or "", called_as or "")


FUNCTIONS = {
    "strip_hostname": urls.strip_hostname,
    "extract_file_stem": urls.extract_file_stem,
    "join_paths": urls.join_paths,
    "fold_function_name": names.fold_function_name,
    "fixup_webpack_filename": names.source_path,
    "generate_module": names.generate_module,
    "get_function_for_token": get_function_for_token,
}


def is_exact(case):
    """Tell whether a case is met."""
    function = FUNCTIONS.get(case["fn"])
    return function is not None and function(*case["args"]) == case["expected"]


def scores(cases):
    """Give the figures of the corpus."""
    return [Score("exact", sum(map(is_exact, cases)) / len(cases), 1.0)]
