//! The Python package's native half: what Python hands over goes through the same stages as files do.
//!
//! Tables come in and go out by Arrow's C stream, without a copy on Python's side: [`source`] takes what has `__arrow_c_stream__` (data
//! frames of pandas and polars, tables and readers of pyarrow), [`table`] gives it. [`work`] lets go of Python's lock while Goulet
//! works and listens for Ctrl-C. The functions ([`calls`], [`shards`]) are wrapped in `goulet/__init__.py` and `goulet/spark.py`, where
//! they are documented for users.

mod calls;
mod cells;
mod fault;
mod settings;
mod shards;
mod source;
mod table;
mod work;

use pyo3::prelude::*;

/// The native half of `goulet`.
#[pymodule]
fn _goulet(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("GouletError", module.py().get_type::<fault::GouletError>())?;
    module.add_class::<table::Table>()?;
    module.add_function(wrap_pyfunction!(calls::extract, module)?)?;
    module.add_function(wrap_pyfunction!(calls::run, module)?)?;
    module.add_function(wrap_pyfunction!(calls::score, module)?)?;
    module.add_function(wrap_pyfunction!(calls::read_table, module)?)?;
    module.add_function(wrap_pyfunction!(calls::send, module)?)?;
    module.add_function(wrap_pyfunction!(shards::plan_paths, module)?)?;
    module.add_function(wrap_pyfunction!(shards::plan_table, module)?)?;
    module.add_function(wrap_pyfunction!(shards::count_rows, module)?)?;
    module.add_function(wrap_pyfunction!(shards::run_shard, module)?)?;
    module.add_function(wrap_pyfunction!(shards::merge, module)?)?;
    Ok(())
}
