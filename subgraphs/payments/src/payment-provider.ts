/** What the provider says to a request to hold an amount. */
export type Authorization =
  | { readonly outcome: 'AUTHORIZED'; readonly reference: string }
  | { readonly outcome: 'DECLINED' | 'FAILED'; readonly reference: undefined };

/** A company that moves money. Every call carries our own id: calling twice moves the money once. */
export interface PaymentProvider {
  /** Holds `amount`, in the smallest unit of `currency`. */
  authorize(request: {
    readonly paymentId: string;
    readonly amount: number;
    readonly currency: string;
  }): Promise<Authorization>;
  /** Takes what was held. */
  capture(request: { readonly reference: string }): Promise<void>;
  /** Gives back. */
  refund(request: {
    readonly reference: string;
    readonly refundId: string;
    readonly amount: number;
  }): Promise<void>;
}
