/** Most bytes of a request body. */
export const REQUEST_BYTES_MAX = 1_048_576;

/** Most bytes of a response body, after decompression. */
export const RESPONSE_BYTES_MAX = 1_048_576;

/** Most levels of objects and arrays in a JSON response. */
export const RESPONSE_DEPTH_MAX = 64;

/** Most characters of a request URL, query included: what common servers accept. */
export const URL_LENGTH_MAX = 8_192;

/** Most headers of a request or of a kept response. */
export const HEADER_COUNT_MAX = 64;

/** Most bytes of the names and values of the headers of a request or of a kept response. */
export const HEADERS_BYTES_MAX = 16_384;

/** Most redirects that a call follows. */
export const REDIRECTS_MAX = 5;

/** Most bytes of a request body that are kept in the record of an attempt. */
export const SHOWN_BODY_BYTES_MAX = 65_536;

/** Most characters of a URL that an error shows. */
export const SHOWN_URL_LENGTH_MAX = 500;

/** Most characters of a response body that an error message quotes. */
export const EXCERPT_LENGTH_MAX = 200;
