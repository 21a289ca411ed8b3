/** Why a value could not be formatted or read. The code is JSONata's where JSONata knows the fault. */
export class FormatFault extends Error {
  readonly code: string;

  /**
   * @param code - JSONata's code, such as `D3130`; `D3200` and up are faults that only Baton tells.
   * @param message - Names the value and the fix.
   */
  constructor(code: string, message: string) {
    super(message);
    this.name = "FormatFault";
    this.code = code;
  }
}
