/** Where the simulated worker's packages lie; frames of tracebacks begin with it. */
export const PYTHON_HOME = "/home/airflow/.local/lib/python3.11/";
