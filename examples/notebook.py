# A notebook-style session: cells in the percent format, which Jupyter (by Jupytext), VS Code and
# PyCharm open as a notebook.

# %% Connect: BATCHSDK_OUTPUTS, BATCHSDK_SSM or BATCHSDK_STACK says to which stack.
import batchsdk

batch = batchsdk.connect()
sorted(batch.outputs.job_definitions)

# %% Submit a job and look at it. The cell is at once done; the job goes on.
job = batch.submit("hello", parameters={"Target": "notebook"})
job.status

# %% Wait for it, and read its log.
detail = job.wait(timeout=300)
print(job.logs().text)

# %% Try some parameters: one array job.
sweep = batch.sweep("hello", over={"Target": ["a", "b", "c"]})
results = sweep.wait(timeout=300)
{result.parameters["Target"]: str(result.status) for result in results}

# %% In a cell with `await`, other cells of an asyncio notebook can run meanwhile.
another = batch.submit("hello", parameters={"Target": "await"})
finished = await another  # noqa: F704, PLE1142  # a notebook's cell may await
finished.exit_code

# %% The page about all of it.
page = batch.report(job.id, another.id, *(each.id for each in sweep.jobs))
page.write("notebook.html")
