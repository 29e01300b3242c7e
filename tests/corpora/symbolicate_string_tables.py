"""URL joins, module names, file stems: exact."""

from tests.corpora.where import Score

from errata.stages.symbolicate import names, urls

CORPUS = "symbolicate_string_tables"
FUNCTIONS = {
    function.__name__: function
    for function in (
        urls.strip_hostname,
        urls.extract_file_stem,
        urls.join_paths,
        names.fold_function_name,
        names.fixup_webpack_filename,
        names.generate_module,
    )
}


def scores(cases):
    """Give the figures of the corpus."""
    exact = sum(FUNCTIONS[case["fn"]](*case["args"]) == case["expected"] for case in cases)
    return [Score("exact", exact / len(cases), 1.0)]
